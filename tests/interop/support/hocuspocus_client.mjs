// An unmodified Hocuspocus client and what tests ask of it.
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { WebSocket } from 'ws';
import * as Y from 'yjs';

const patience = { delay: 50, minDelay: 20, maxDelay: 400 }; // with servers that are down; the defaults are for people

/** Providers that are destroyed while they connect do not listen any more when the attempt fails. */
class LenientWebSocket extends WebSocket {
  constructor(...all) {
    super(...all);
    this.on('error', () => {});
  }
}

/** A WebSocket for any number of documents. */
export function open_socket(owner, server, Socket = HocuspocusProviderWebsocket) {
  const socket = new Socket({ url: `${server.ws}/hocuspocus`, WebSocketPolyfill: LenientWebSocket, ...patience });
  owner.after(() => socket.destroy());
  return socket;
}

/** Opens the document `name`, on a WebSocket of its own unless there is one. Further options are the provider's. */
export function open_hocuspocus(owner, server, name, { doc = new Y.Doc(), person, socket, Provider = HocuspocusProvider, Socket, ...options } = {}) {
  const websocketProvider = socket ?? open_socket(owner, server, Socket);
  const heard = { stateless: [], denied: [], scopes: [], closed: [], unsynced: [] };
  const provider = new Provider({
    name,
    document: doc,
    token: 'ann',
    websocketProvider,
    onStateless: ({ payload }) => heard.stateless.push(payload),
    onAuthenticationFailed: ({ reason }) => heard.denied.push(reason),
    onAuthenticated: () => heard.scopes.push(provider.authorizedScope),
    onUnsyncedChanges: ({ number }) => heard.unsynced.push(number),
    onClose: ({ event }) => heard.closed.push(event.reason),
    ...options,
  });
  provider.attach?.(); // those of version 2 are from the start
  if (person) provider.awareness.setLocalStateField('user', { name: person });
  const client = {
    doc,
    provider,
    heard,
    text: doc.getText('content'),
    awareness: provider.awareness,
    socket: websocketProvider,
    /** Everything this client did is stored, and it has what the server has. */
    settled: () => provider.synced && provider.unsyncedChanges === 0,
    /** The network drops: no goodbye. */
    cut: () => websocketProvider.webSocket?.terminate?.(),
    close: () => provider.destroy(),
  };
  owner.after(() => client.close());
  return client;
}
