// Where this guest sits: what the table's code was traded for. Kept on the device, so that the page can be closed and
// opened again without the code.

import { type ApiClient, type Schemas } from '../base/api/client';
import { deviceId } from '../base/device';
import { deviceStore, readJson } from '../base/storage';

export interface Seat {
  /** Of the session, for requests. */
  token: string;
  sessionId: string;
  branchId: string;
  branchName: string;
  /** As people say it, "Terrace - T5". */
  table: string;
}

const KEY = 'orderpush.guest.seat';
/** The page's address once it has used the code. */
export const CLEAN_PATH = '/t';

/** The table's code in the address, before it is used. */
export function codeIn(pathname: string): string | undefined {
  const [, code] = /^\/t\/([^/]+)$/.exec(pathname) ?? [];
  if (code === undefined) return undefined;
  try {
    return decodeURIComponent(code);
  } catch {
    return code; // no table has such a code, which the service says
  }
}

export const keptSeat = (): Seat | undefined => readJson(deviceStore, KEY, isSeat);
/** False: the seat ends with this page. */
export const keepSeat = (seat: Seat): boolean => deviceStore.set(KEY, JSON.stringify(seat));
export const forgetSeat = (): void => deviceStore.remove(KEY);

/** Throws ApiError. `key` makes a repetition one sitting down. */
export async function sitDown(api: ApiClient, code: string, key: string): Promise<Seat> {
  const body = { qrToken: code, deviceId: deviceId() };
  return seatOf(await api.post('/v1/sessions', { body, idempotencyKey: key, isAnonymous: true }));
}

function seatOf({ session, token }: Schemas['OpenedSession']): Seat {
  const { id: sessionId, branchId, branchName, table } = session;
  return { token, sessionId, branchId, branchName, table };
}

function isSeat(value: unknown): value is Seat {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return ['token', 'sessionId', 'branchId', 'branchName', 'table'].every((name) => typeof fields[name] === 'string');
}
