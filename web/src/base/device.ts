import { newId } from './ids';
import { deviceStore } from './storage';

const KEY = 'orderpush.device';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The id of this browser in receipts; the same as long as it is stored. */
export function deviceId(): string {
  const known = deviceStore.get(KEY);
  if (known !== undefined && UUID.test(known)) return known;
  const fresh = newId();
  deviceStore.set(KEY, fresh);
  return fresh;
}
