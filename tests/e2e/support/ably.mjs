// Clients of the unmodified ably-js on the built-in server.

import Ably from 'ably';
import { endLater } from './cleanup.mjs';
import { withDeadline } from './wait_until.mjs';

/** The key of the default application, as Ably has keys. */
export const ABLY_KEY = '77001.relaykey01:relay-secret-For-Tests-of-enough-characters';

export const clientOptions = (service, more = {}) => ({
  endpoint: '127.0.0.1',
  port: service.port,
  tls: false,
  key: ABLY_KEY,
  useBinaryProtocol: false,
  disableConnectivityCheck: true,
  logLevel: 0,
  ...more,
});

/** A client that is connected. */
export async function connectAbly(service, more = {}) {
  const client = new Ably.Realtime(clientOptions(service, more));
  endLater(() => client.close());
  await connected(client);
  return client;
}

export const connected = (client) => withDeadline('the connection', client.connection.whenState('connected'));

/** A channel's messages as they come. */
export async function listenTo(client, name, options) {
  const channel = client.channels.get(name, options);
  const heard = [];
  await channel.subscribe((message) => heard.push(message));
  return { channel, heard };
}

/** Takes the socket away from under a client, as a network does that is lost. */
export function loseSocket(client) {
  const transport = client.connection.connectionManager.activeProtocol.getTransport();
  transport.disconnect();
}
