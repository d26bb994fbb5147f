// The interface between the feed and the provider's SDKs.

import type { ApiClient, Schemas } from '../api/client';

export type Realtime = Schemas['Realtime'];
export type OfferedChannel = Realtime['channels'][number];

export interface LinkEvents {
  /** The channel is joined, or joined again: whatever was pushed in between is missing. */
  onJoined: (channel: string) => void;
  /** `data`: as the SDK gives it, text or parsed. */
  onMessage: (channel: string, data: unknown) => void;
  /** The channel is no longer joined, or cannot be: the link goes on trying. */
  onLeft: (channel: string) => void;
  /** Connected or not; subscriptions are reported by onJoined and onLeft. */
  onConnected: (isConnected: boolean) => void;
}

/** One connection to a provider. The SDK behind it reconnects by itself; the link reports the changes. */
export interface Link {
  /** Tries to connect and to join now instead of after the SDK's pause. */
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

export type OpenLink = (request: LinkRequest) => Promise<Link>;
