// Who is logged in on this device. After a refused token the person stays known: the page goes on showing what comes,
// and asks for a log-in beside it.

import { computed, signal } from '@preact/signals';
import { ApiClient, type Schemas } from './api/client';
import { deviceStore, readJson } from './storage';

export type Staff = Omit<Schemas['Login'], 'expiresIn' | 'mustChangePassword'> & {
  /**
   * From when on the token is to be renewed, in milliseconds by this device's clock. Undefined, as an earlier version has
   * stored it: at once.
   */
  renewAt?: number;
};

const KEY = 'orderpush.staff';

function isStaff(value: unknown): value is Staff {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return ['token', 'role', 'branchId', 'staffId', 'name', 'expiresAt'].every((name) => typeof fields[name] === 'string');
}

const stored = (): Staff | undefined => readJson(deviceStore, KEY, isStaff);

export const staff = signal<Staff | undefined>(stored());
const refusedToken = signal<string | undefined>(undefined);
const unrenewableToken = signal<string | undefined>(undefined);

/** Whether requests can be sent; false: a log-in is to be asked for. */
export const isLoggedIn = computed(() => staff.value !== undefined && staff.value.token !== refusedToken.value);

/** The log-in is good still, but the service renews it no more. */
export const isEnding = computed(() => isLoggedIn.value && staff.value?.token === unrenewableToken.value);

export const currentToken = (): string | undefined => (isLoggedIn.value ? staff.value?.token : undefined);

/** For ApiSurroundings. An answer to a request of before the last log-in changes nothing. */
export function refuseToken(token: string): void {
  if (staff.value?.token !== token) return;
  // Another tab may have a newer token of the same log-in.
  if (!adoptRenewed()) refusedToken.value = token;
}

/** The service renews this token no more. */
export function refuseRenewal(token: string): void {
  if (staff.value?.token === token) unrenewableToken.value = token;
}

/**
 * The person. Without one of the roles, and where a password is to be chosen first, the log-in is not taken over, and the
 * previous one stays. Throws ApiError.
 */
export async function logIn(api: ApiClient, email: string, password: string, roles: Schemas['Role'][]): Promise<Schemas['Login']> {
  const answer = await api.post('/v1/staff/login', { body: { email, password }, isAnonymous: true });
  if (roles.includes(answer.role) && !answer.mustChangePassword) takeOver(answer);
  return answer;
}

/** `login`: with a password that is good for this only. Throws ApiError. */
export async function choosePassword(login: Schemas['Login'], password: string, newPassword: string): Promise<void> {
  const own = new ApiClient({ token: () => login.token, onRefused: () => undefined });
  takeOver(await own.post('/v1/staff/me/password', { body: { password, newPassword } }));
}

/** From now on requests carry this token. */
export function takeOver(answer: Schemas['Login']): void {
  // By the device's own clock from both ends, which may be wrong. With jitter: displays that were logged in together do
  // not renew together.
  const renewAt = Date.now() + answer.expiresIn * 1000 * (0.4 + Math.random() * 0.2);
  const { expiresIn: _, mustChangePassword: __, ...fields } = answer;
  const fresh = { ...fields, renewAt };
  deviceStore.set(KEY, JSON.stringify(fresh));
  staff.value = fresh;
}

/** Whether another tab has stored a newer token of the same person, which then is this page's too. */
export function adoptRenewed(): boolean {
  const [mine, other] = [staff.value, stored()];
  if (!mine || !other || other.staffId !== mine.staffId || other.token === mine.token) return false;
  if (other.expiresAt <= mine.expiresAt) return false;
  staff.value = other;
  return true;
}

export function logOut(): void {
  deviceStore.remove(KEY);
  staff.value = undefined;
}
