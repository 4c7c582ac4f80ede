// An unmodified y-websocket client and what tests ask of its document.
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

process.setMaxListeners(0); // every provider listens for the exit

/** Opens the document `name`. Options: {doc, person: name of, path, params: of the query}. */
export function open_document(owner, server, name, { doc = new Y.Doc(), person, path = '/yjs', params = {} } = {}) {
  const provider = new WebsocketProvider(`${server.ws}${path}`, encodeURIComponent(name), doc, {
    WebSocketPolyfill: WebSocket,
    params,
    disableBc: true, // tabs of one browser talk to each other; these must talk through the server
    maxBackoffTime: 400,
  });
  // A server that is down is what several tests are about.
  provider.on('connection-error', () => {});
  if (person) provider.awareness.setLocalStateField('user', { name: person });
  const client = {
    doc,
    provider,
    text: doc.getText('content'),
    awareness: provider.awareness,
    close() {
      provider.destroy();
      provider.awareness.destroy();
    },
    /** The network drops: no goodbye. */
    cut() {
      provider.ws?.terminate();
    },
  };
  owner.after(() => client.close());
  return client;
}

/** All that documents can differ in. */
export const state_of = (doc) => ({
  text: doc.getText('content').toString(),
  delta: doc.getText('content').toDelta(),
  map: doc.getMap('map').toJSON(),
  array: doc.getArray('array').toJSON(),
  vector: Object.fromEntries([...Y.decodeStateVector(Y.encodeStateVector(doc))].sort()),
});

export const same_content = (a, b) => Y.equalSnapshots(Y.snapshot(a), Y.snapshot(b));

const words = ['a', 'bc', 'naïve', '漢字', '😀', '👩‍💻', '\n', ' '];
const value = (r) => r.pick([1, -5, 1.5, true, null, 's', '😀', [1, [2]], { k: { m: 1 } }]);

/** A place in the text, not inside a surrogate pair: Yjs documents that were cut there differ for good. */
function place(text, random, low = 0, high = text.length) {
  const content = text.toString();
  const at = random.between(low, Math.min(high, content.length));
  const inside = at < content.length && content.charCodeAt(at) >> 10 === 0x37;
  return inside ? at + 1 : at;
}

function range(text, random, longest) {
  const at = place(text, random);
  return [at, place(text, random, at, at + longest) - at];
}

const edits = [
  ({ text }, r) => text.insert(place(text, r), r.pick(words)),
  ({ text }, r) => text.insert(place(text, r), r.pick(words)),
  ({ text }, r) => text.insert(place(text, r), r.pick(words)),
  ({ text }, r) => text.delete(...range(text, r, 8)),
  ({ text }, r) => text.format(...range(text, r, 20), r.pick([{ bold: true }, { bold: null }, { link: { href: 'u' } }])),
  ({ doc }, r) => doc.getMap('map').set(r.pick(['k1', 'k2', 'k3']), r.chance(0.2) ? new Y.Array() : value(r)),
  ({ doc }, r) => doc.getMap('map').delete(r.pick(['k1', 'k2', 'k3'])),
  ({ doc }, r) => doc.getArray('array').insert(r.below(doc.getArray('array').length + 1), [value(r)]),
  ({ doc }, r) => {
    const array = doc.getArray('array');
    if (array.length > 0) array.delete(r.below(array.length), 1);
  },
];

export const edit_randomly = (client, random) => random.pick(edits)(client, random);
