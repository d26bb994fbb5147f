// The table session that the QR code has opened. Stored on the device, so that the page can be closed and opened again
// without the code.

import { type ApiClient, type Schemas } from '../base/api/client';
import { deviceId } from '../base/device';
import { deviceStore, readJson } from '../base/storage';

export interface TableSession {
  /** Of the session, for requests. */
  token: string;
  sessionId: string;
  branchId: string;
  branchName: string;
  /** "Terrace - T5". */
  table: string;
}

/** The name is that of earlier versions: browsers still hold a session under it. */
const KEY = 'orderpush.guest.seat';
/** The page's address once it has used the code. */
export const CLEAN_PATH = '/t';

/** The table's code in the address, before it is used. */
export function qrTokenIn(pathname: string): string | undefined {
  const [, code] = /^\/t\/([^/]+)$/.exec(pathname) ?? [];
  if (code === undefined) return undefined;
  try {
    return decodeURIComponent(code);
  } catch {
    return code; // no table has such a code: the service refuses it
  }
}

export const loadTableSession = (): TableSession | undefined => readJson(deviceStore, KEY, isTableSession);
/** False: the session is lost when the page is closed. */
export const saveTableSession = (tableSession: TableSession): boolean => deviceStore.set(KEY, JSON.stringify(tableSession));
export const forgetTableSession = (): void => deviceStore.remove(KEY);

/** Throws ApiError. `key`: the idempotency key. */
export async function openTableSession(api: ApiClient, code: string, key: string): Promise<TableSession> {
  const body = { qrToken: code, deviceId: deviceId() };
  return tableSessionOf(await api.post('/v1/sessions', { body, idempotencyKey: key, isAnonymous: true }));
}

function tableSessionOf({ session, token }: Schemas['OpenedSession']): TableSession {
  const { id: sessionId, branchId, branchName, table } = session;
  return { token, sessionId, branchId, branchName, table };
}

function isTableSession(value: unknown): value is TableSession {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return ['token', 'sessionId', 'branchId', 'branchName', 'table'].every((name) => typeof fields[name] === 'string');
}
