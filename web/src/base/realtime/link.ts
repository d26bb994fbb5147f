// Opens a connection to the provider that the service uses.

import type { OfferedChannel, OpenLink, Realtime } from './link_types';

/** The channels of orders are too many to be listed by GET /v1/realtime; their names are part of the API's contract. */
export function orderChannel(orderId: string, protocol: Realtime['protocol']): OfferedChannel {
  const name = `order:${orderId}`;
  return { name, kind: 'private', providerName: protocol === 'ably' ? name : `private-order-${orderId}` };
}

/** Loads the SDK that the service's provider needs, and no other. */
export const openLink: OpenLink = async (request) => {
  if (request.realtime.protocol === 'ably') return (await import('./ably_link')).openAblyLink(request);
  return (await import('./pusher_link')).openPusherLink(request);
};
