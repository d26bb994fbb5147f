import type { components } from 'openapi-types';

export type Problem = components['schemas']['Problem'];

/** Why a request gave nothing. */
export class ApiError extends Error {
  /**
   * `kind`: problem: a problem document of the service; unreadable: any other response; unreachable: no response in time.
   * `status` is 0 without a response.
   */
  constructor(
    readonly kind: 'problem' | 'unreadable' | 'unreachable',
    readonly status: number,
    readonly problem?: Problem,
  ) {
    super(problem?.detail ?? `${kind} (${status})`);
    this.name = 'ApiError';
  }

  get code(): string | undefined {
    return this.problem?.code;
  }

  /** Whether the same request may do better later. */
  get isTransient(): boolean {
    return this.kind === 'unreachable' || this.status === 429 || this.status >= 502 || this.status === 408;
  }
}

export function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  const { status, code, detail } = value as Record<string, unknown>;
  return typeof status === 'number' && typeof code === 'string' && typeof detail === 'string';
}
