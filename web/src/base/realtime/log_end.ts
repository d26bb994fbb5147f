import type { ApiClient } from '../api/client';

/** Where the channel's log stands: the position of its last event, and its epoch. Throws ApiError. */
export async function logEnd(api: ApiClient, channel: string): Promise<{ lastSeq: number; epoch: string }> {
  return api.get('/v1/channels/{channel}/events', { path: { channel }, query: { limit: 0 }, tries: 1 });
}
