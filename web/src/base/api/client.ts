// Requests to the service, typed by docs/openapi/openapi.json: one function for all of them.

import type { components, paths } from 'openapi-types';
import { backoffMs } from '../backoff';
import { parseJson } from '../json';
import { ApiError, isProblem } from './error';

export type Schemas = components['schemas'];
type Method = 'get' | 'post' | 'patch' | 'put' | 'delete';
type Operation<P extends keyof paths, M extends Method> = M extends keyof paths[P] ? NonNullable<paths[P][M]> : never;
type JsonOf<R> = R extends { content: { 'application/json': infer T } } ? T : never;

/** The body of a successful response. */
export type ResponseOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? JsonOf<R[keyof R & (200 | 201)]> : never;
type BodyOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { requestBody?: infer B } ? JsonOf<NonNullable<B>> : never;
type ParametersOf<P extends keyof paths, M extends Method, In extends 'path' | 'query'> =
  Operation<P, M> extends { parameters: infer A } ? (In extends keyof A ? A[In] : never) : never;

export interface RequestOptions<P extends keyof paths, M extends Method> {
  path?: ParametersOf<P, M, 'path'>;
  query?: ParametersOf<P, M, 'query'>;
  body?: BodyOf<P, M>;
  /** Sent as Idempotency-Key; makes the request one that may be repeated. */
  idempotencyKey?: string;
  /** Attempts where a repetition is safe: GET, or with an idempotency key. Default: 3. */
  tries?: number;
  /** Of each attempt. Default: 10 s. */
  deadlineMs?: number;
  signal?: AbortSignal;
  /** Sent without a token; a 401 is an error like others. */
  isAnonymous?: boolean;
}

export interface ApiClientOptions {
  /** The caller's token; undefined: nobody is logged in. */
  token: () => string | undefined;
  /** The service refused this token with `error`. */
  onRefused: (token: string, error: ApiError) => void;
  fetch?: typeof fetch;
  pause?: (ms: number) => Promise<void>;
}

const RETRY_AFTER_MAX_S = 30;

export class ApiClient {
  constructor(private readonly options: ApiClientOptions) {}

  get<P extends keyof paths>(pattern: P, options: RequestOptions<P, 'get'> = {}): Promise<ResponseOf<P, 'get'>> {
    return this.request('get', pattern, options);
  }
  post<P extends keyof paths>(pattern: P, options: RequestOptions<P, 'post'> = {}): Promise<ResponseOf<P, 'post'>> {
    return this.request('post', pattern, options);
  }
  patch<P extends keyof paths>(pattern: P, options: RequestOptions<P, 'patch'> = {}): Promise<ResponseOf<P, 'patch'>> {
    return this.request('patch', pattern, options);
  }

  /** Throws ApiError. */
  async request<P extends keyof paths, M extends Method>(
    method: M,
    pattern: P,
    options: RequestOptions<P, M> = {},
  ): Promise<ResponseOf<P, M>> {
    const isRepeatable = method === 'get' || options.idempotencyKey !== undefined;
    const tries = isRepeatable ? (options.tries ?? 3) : 1;
    const address = urlOf(pattern, options.path, options.query);
    for (let attempt = 0; ; attempt++) {
      const answer = await this.attempt(method, address, options);
      if (!(answer.error instanceof ApiError)) return answer.body as ResponseOf<P, M>;
      const isOver = attempt + 1 >= tries || options.signal?.aborted;
      if (isOver || !isRetryable(answer.error)) throw answer.error;
      await (this.options.pause ?? pause)(Math.max(backoffMs(attempt), answer.retryAfterMs));
    }
  }

  /** To a URL that the service has sent: its path is used at our own origin, whatever its host. */
  async postTo(address: string, body: unknown): Promise<unknown> {
    const { pathname, search } = new URL(address, window.location.href);
    const answer = await this.attempt('post', pathname + search, { body });
    if (answer.error) throw answer.error;
    return answer.body;
  }

  private async attempt(method: Method, address: string, options: Attempt): Promise<AttemptResult> {
    const token = options.isAnonymous ? undefined : this.options.token();
    const { signal, release } = deadlineSignal(options.deadlineMs ?? 10_000, options.signal);
    let response: Response;
    let text: string;
    try {
      response = await (this.options.fetch ?? fetch)(address, {
        method: method.toUpperCase(),
        headers: headersOf(token, options),
        body: options.body === undefined ? null : JSON.stringify(options.body),
        signal,
        credentials: 'omit',
        cache: 'no-store',
      });
      text = await response.text();
    } catch {
      return { error: new ApiError('unreachable', 0), retryAfterMs: 0 };
    } finally {
      release();
    }
    const outcome = readResponse(response, text);
    if (outcome.error && isTokenOver(outcome.error) && token !== undefined) this.options.onRefused(token, outcome.error);
    return outcome;
  }
}

/** Aborted after `ms`, or with `outer`: AbortSignal.timeout() and any() are younger than the oldest browsers. */
function deadlineSignal(ms: number, outer: AbortSignal | undefined): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = window.setTimeout(abort, ms);
  if (outer?.aborted) abort();
  outer?.addEventListener('abort', abort);
  const release = () => {
    window.clearTimeout(timer);
    outer?.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, release };
}

/** Where SDKs ask, the end of a table session is a 403: after a 401 they would ask again for ever. */
function isTokenOver({ status, code }: ApiError): boolean {
  return status === 401 || (status === 403 && code === 'session_closed');
}

/** For requests without a log-in. */
export const anonymousApi = new ApiClient({ token: () => undefined, onRefused: () => undefined });

interface Attempt {
  body?: unknown;
  idempotencyKey?: string;
  deadlineMs?: number;
  signal?: AbortSignal;
  isAnonymous?: boolean;
}

interface AttemptResult {
  body?: unknown;
  error?: ApiError;
  retryAfterMs: number;
}

function readResponse(response: Response, text: string): AttemptResult {
  const body = isToken(response) ? text : parseJson(text);
  const retryAfterMs = Math.min(Number(response.headers.get('Retry-After')) || 0, RETRY_AFTER_MAX_S) * 1000;
  if (response.ok && (body !== undefined || text === '')) return { body, retryAfterMs };
  const error = isProblem(body)
    ? new ApiError('problem', response.status, body)
    : new ApiError('unreadable', response.status);
  return { error, retryAfterMs };
}

/** The only response that is not JSON: a token for Ably. */
function isToken(response: Response): boolean {
  return response.headers.get('Content-Type')?.startsWith('application/jwt') ?? false;
}

/** Also a key that is in use: the first request under it is still running. */
function isRetryable(error: ApiError): boolean {
  return error.isTransient || error.code === 'idempotency_key_in_use';
}

function headersOf(token: string | undefined, options: Attempt): Record<string, string> {
  return {
    Accept: 'application/json, application/problem+json, application/jwt;q=0.5',
    ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(options.idempotencyKey === undefined ? {} : { 'Idempotency-Key': options.idempotencyKey }),
  };
}

export function urlOf(pattern: string, path: object = {}, query: object = {}): string {
  const values = path as Record<string, unknown>;
  const filled = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.append(name, String(value));
  }
  const text = search.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
