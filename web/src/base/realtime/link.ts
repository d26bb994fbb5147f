// One connection to a provider, whichever it is. The SDKs reconnect by themselves; a link reports the changes.

import type { ApiClient, Schemas } from '../api/client';

export type Realtime = Schemas['Realtime'];
export type OfferedChannel = Realtime['channels'][number];

export interface LinkEvents {
  /** The channel is joined, or joined again: whatever was pushed in between is missing. */
  onJoined: (channel: string) => void;
  /** `data`: as the SDK gives it, text or parsed. */
  onMessage: (channel: string, data: unknown) => void;
  /** Connected or not; subscriptions are reported by onJoined. */
  onConnected: (isConnected: boolean) => void;
}

export interface Link {
  /** Tries to connect now instead of after the SDK's pause. */
  reconnectNow(): void;
  /** One more channel on the same connection. */
  join(channel: OfferedChannel): void;
  close(): void;
}

export interface LinkRequest {
  realtime: Realtime;
  channels: OfferedChannel[];
  api: ApiClient;
  events: LinkEvents;
  /** Presence data of this member where the client sends it (Ably). */
  memberInfo: Record<string, string>;
}

/** The channels of orders are too many to be listed by GET /v1/realtime; their names are part of the API's contract. */
export function orderChannel(orderId: string, protocol: Realtime['protocol']): OfferedChannel {
  const name = `order:${orderId}`;
  return { name, kind: 'private', providerName: protocol === 'ably' ? name : `private-order-${orderId}` };
}

export type OpenLink = (request: LinkRequest) => Promise<Link>;

/** Loads the SDK that the service's provider needs, and no other. */
export const openLink: OpenLink = async (request) => {
  if (request.realtime.protocol === 'ably') return (await import('./ably_link')).openAblyLink(request);
  return (await import('./pusher_link')).openPusherLink(request);
};
