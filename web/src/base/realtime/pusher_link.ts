// pusher-js, to the hosted Pusher or to the service's own server.

import Pusher, { type Channel, type Options } from 'pusher-js';
import { backoffMs } from '../backoff';
import type { Link, LinkRequest, OfferedChannel } from './link_types';

interface Grant {
  auth: string;
  channel_data?: string;
}

/** Silence after which a ping is sent, and the wait for its pong; a dead connection is noticed within their sum. */
const ACTIVITY_TIMEOUT_MS = 20_000;
const PONG_TIMEOUT_MS = 8_000;

export function openPusherLink(request: LinkRequest): Link {
  const { options } = request.realtime;
  const pusher = new Pusher(String(options['key']), sdkOptions(request));
  const retries = new Map<number, () => void>();
  pusher.connection.bind('state_change', ({ current }: { current: string }) => {
    request.events.onConnected(current === 'connected');
  });
  for (const channel of request.channels) join(pusher, channel, request, retries);
  return {
    reconnectNow() {
      if (pusher.connection.state === 'connected') {
        for (const [timer, retry] of [...retries]) {
          window.clearTimeout(timer);
          retry();
        }
        return;
      }
      pusher.disconnect();
      pusher.connect();
    },
    join: (channel) => join(pusher, channel, request, retries),
    close() {
      for (const timer of retries.keys()) window.clearTimeout(timer);
      pusher.unbind_all();
      pusher.connection.unbind_all();
      pusher.disconnect();
    },
  };
}

/**
 * Where a page that was opened by an IP address, or as localhost, finds the service's own server: at that address, which
 * answered, and not by the name in PUBLIC_URL, which this network may not know, and which is another origin.
 */
function ownAddress({ wsHost }: Options): Partial<Options> {
  const { hostname, port, protocol } = new URL(window.location.href);
  const isDirect = hostname === 'localhost' || /^[\d.]+$/.test(hostname) || hostname.startsWith('[');
  if (wsHost === undefined || wsHost === hostname || !isDirect) return {};
  const isTls = protocol === 'https:';
  const ownPort = Number(port) || (isTls ? 443 : 80);
  return { wsHost: hostname, wsPort: ownPort, wssPort: ownPort, forceTLS: isTls };
}

/** The options of the service, except that our own client requests the grants: it has the token and the origin. */
function sdkOptions({ realtime, api }: LinkRequest): Options {
  const given = realtime.options as unknown as Options & { channelAuthorization: { endpoint: string } };
  const { endpoint } = given.channelAuthorization;
  const { userAuthentication: _, ...options } = given;
  return {
    ...options,
    ...ownAddress(options),
    enableStats: false,
    activityTimeout: ACTIVITY_TIMEOUT_MS,
    pongTimeout: PONG_TIMEOUT_MS,
    channelAuthorization: {
      endpoint,
      transport: 'ajax',
      customHandler: ({ socketId, channelName }, done) => {
        api.postTo(endpoint, { socket_id: socketId, channel_name: channelName }).then(
          (grant) => done(null, grant as Grant),
          (error: unknown) => done(error instanceof Error ? error : new Error('refused'), null),
        );
      },
    },
  };
}

function join(pusher: Pusher, offered: OfferedChannel, { events }: LinkRequest, retries: Map<number, () => void>): void {
  const channel: Channel = pusher.subscribe(offered.providerName);
  let refusals = 0;
  channel.bind('pusher:subscription_succeeded', () => {
    refusals = 0;
    events.onJoined(offered.name);
  });
  // The SDK does not retry on the same connection; the service may have been busy, or the log-in may have ended, which
  // also ends what was joined.
  channel.bind('pusher:subscription_error', () => {
    // Else the SDK goes on taking for subscribed what the service has ended, and subscribes no more.
    channel.disconnect();
    events.onLeft(offered.name);
    const retry = () => {
      retries.delete(timer);
      channel.subscribe();
    };
    const timer = window.setTimeout(retry, 500 + backoffMs(refusals++));
    retries.set(timer, retry);
  });
  channel.bind_global((name: string, data: unknown) => {
    if (!name.startsWith('pusher:') && !name.startsWith('client-')) events.onMessage(offered.name, data);
  });
}
