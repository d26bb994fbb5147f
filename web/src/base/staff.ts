// Who is logged in on this device. After a refused token the person stays known: the page stays as it is behind a log-in.

import { computed, signal } from '@preact/signals';
import type { ApiClient, Schemas } from './api/client';
import { deviceStore, readJson } from './storage';

export type Staff = Schemas['Login'];

const KEY = 'orderpush.staff';

function isStaff(value: unknown): value is Staff {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return ['token', 'role', 'branchId', 'staffId', 'name', 'expiresAt'].every((name) => typeof fields[name] === 'string');
}

export const staff = signal<Staff | undefined>(readJson(deviceStore, KEY, isStaff));
const refusedToken = signal<string | undefined>(undefined);

/** Whether requests can be sent; false: the log-in is to be shown. */
export const isLoggedIn = computed(() => staff.value !== undefined && staff.value.token !== refusedToken.value);

export const currentToken = (): string | undefined => (isLoggedIn.value ? staff.value?.token : undefined);

/** For ApiSurroundings. An answer to a request of before the last log-in changes nothing. */
export function refuseToken(token: string): void {
  if (staff.value?.token === token) refusedToken.value = token;
}

/** The person; without one of the roles the log-in is not taken over, and the previous one stays. Throws ApiError. */
export async function logIn(api: ApiClient, email: string, password: string, roles: Schemas['Role'][]): Promise<Staff> {
  const answer = await api.post('/v1/staff/login', { body: { email, password }, isAnonymous: true });
  if (!roles.includes(answer.role)) return answer;
  deviceStore.set(KEY, JSON.stringify(answer));
  staff.value = answer;
  return answer;
}

export function logOut(): void {
  deviceStore.remove(KEY);
  staff.value = undefined;
}
