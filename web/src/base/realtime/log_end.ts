import type { ApiClient } from '../api/client';

/** Beyond every position: the response has no events, but the position of the last one. */
const BEYOND = Number.MAX_SAFE_INTEGER;

/** The position of the last event in the channel's log. Throws ApiError. */
export async function logEnd(api: ApiClient, channel: string): Promise<number> {
  const { lastSeq } = await api.get('/v1/channels/{channel}/events', {
    path: { channel },
    query: { after: BEYOND, limit: 1 },
    tries: 1,
  });
  return lastSeq;
}
