// ably-js, to the hosted Ably or a server that speaks its protocol: only the modules that pages need.

import type { ClientOptions, ErrorInfo, RealtimeChannel } from 'ably';
import { BaseRealtime, FetchRequest, RealtimePresence, WebSocketTransport } from 'ably/modular';
import { ApiError } from '../api/error';
import type { Link, LinkRequest, OfferedChannel } from './link_types';

/** Ably's code of what may not be done. */
const FORBIDDEN = 40_300;

export function openAblyLink(request: LinkRequest): Link {
  const joined = [...request.channels];
  const ably = new BaseRealtime({ ...sdkOptions(request, joined), plugins: { WebSocketTransport, FetchRequest, RealtimePresence } });
  ably.connection.on(({ current }) => request.events.onConnected(current === 'connected'));
  for (const channel of request.channels) join(ably, channel, request);
  return {
    reconnectNow() {
      if (ably.connection.state !== 'connected') ably.connect();
    },
    join(channel) {
      joined.push(channel);
      // The token so far does not name it.
      ably.auth.authorize().then(() => join(ably, channel, request), ignored);
    },
    close: () => ably.close(),
  };
}

/** The options of the service, except that our own client requests the tokens: it knows who is logged in. */
function sdkOptions({ realtime, api }: LinkRequest, joined: readonly OfferedChannel[]): ClientOptions {
  const { authUrl, ...options } = realtime.options as unknown as { authUrl: string } & ClientOptions;
  return {
    ...options,
    disconnectedRetryTimeout: 2_000,
    suspendedRetryTimeout: 5_000,
    authCallback: (_, done) => {
      const isUsual = joined.every(({ name }) => realtime.channels.some((usual) => usual.name === name));
      const tokenRequest = isUsual ? {} : { capability: JSON.stringify(capabilityOf(joined)) };
      api.postTo(authUrl, tokenRequest).then(
        (token) => done(null, token as string),
        (error: unknown) => done(refusalOf(error), null),
      );
    },
  };
}

/** With its status: 403 ends the SDK's attempts, anything else it tries again. */
function refusalOf(error: unknown): ErrorInfo | string {
  if (!(error instanceof ApiError) || error.status !== 403) return error instanceof Error ? error.message : 'refused';
  return { name: 'ErrorInfo', message: error.message, code: FORBIDDEN, statusCode: error.status };
}

function capabilityOf(channels: readonly OfferedChannel[]): Record<string, string[]> {
  return Object.fromEntries(
    channels.map(({ providerName, kind }) => [providerName, kind === 'presence' ? ['subscribe', 'presence'] : ['subscribe']]),
  );
}

function join(ably: BaseRealtime, offered: OfferedChannel, { events, memberInfo }: LinkRequest): void {
  const channel: RealtimeChannel = ably.channels.get(offered.providerName);
  channel.on('attached', () => {
    events.onJoined(offered.name);
    if (offered.kind === 'presence') channel.presence.enter(memberInfo).catch(ignored);
  });
  for (const state of ['suspended', 'detached', 'failed'] as const) channel.on(state, () => events.onLeft(offered.name));
  // Attached already, but messages were lost in between.
  channel.on('update', () => events.onJoined(offered.name));
  channel.subscribe((message) => events.onMessage(offered.name, message.data)).catch(ignored);
}

/** The SDK retries, and the connection reports its own state. */
function ignored(): void {}
