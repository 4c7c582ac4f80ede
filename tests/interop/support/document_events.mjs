// What the listeners of a Yjs document hear, as plain values that can be compared.
import * as Y from 'yjs';

const kinds = new Map([
  [Y.Array, 0],
  [Y.Map, 1],
  [Y.Text, 2],
  [Y.XmlElement, 3],
  [Y.XmlFragment, 4],
  [Y.XmlHook, 5],
  [Y.XmlText, 6],
]);

const shown = (v) => {
  if (v instanceof Y.Doc) return { document: v.guid };
  if (!(v instanceof Y.AbstractType)) return v;
  const type = kinds.get(v.constructor);
  return v._item?.deleted ? { type } : { type, json: v.toJSON() };
};

/** Yjs deletes redundant format items when somebody reads a delta, in a transaction. Here reading does not edit. */
function withoutEdits(transaction, read) {
  const erase = Y.Item.prototype.delete;
  const erased = [];
  transaction.doc._transaction = transaction;
  Y.Item.prototype.delete = function () {
    this.deleted = true;
    erased.push(this);
  };
  try {
    return read();
  } finally {
    transaction.doc._transaction = null;
    Y.Item.prototype.delete = erase;
    for (const item of erased) item.deleted = false;
  }
}

const step = (op) => {
  const isText = typeof op.insert === 'string' || !Array.isArray(op.insert);
  const result = op.insert === undefined ? op : { insert: isText ? shown(op.insert) : op.insert.map(shown) };
  return op.attributes ? { ...result, attributes: op.attributes } : result;
};

const event = (e) =>
  withoutEdits(e.transaction, () => ({
    path: e.path,
    delta: e.changes.delta.map(step),
    keys: [...e.keys].map(([key, { action, oldValue }]) =>
      action === 'add' ? { key, action } : { key, action, old: shown(oldValue) },
    ),
  }));

/**
 * Did the transaction do nothing? Yjs begins one to destroy a subdocument that was deleted, and counts to it what later
 * ones have inserted by the time it ends.
 */
export const isEmpty = (t) =>
  t.deleteSet.clients.size === 0 &&
  ((t.local && t.changed.size === 0) ||
    [...t.afterState].every(([client, clock]) => clock === t.beforeState.get(client)));

/** Adds to `log` whatever happens to the document and these root types (by name). */
export function record(doc, roots, log) {
  for (const stage of ['beforeObserverCalls', 'afterTransaction', 'afterTransactionCleanup'])
    doc.on(stage, (t) => isEmpty(t) || log.push({ stage, local: t.local }));
  doc.on('update', (update, origin, _, t) => isEmpty(t) || log.push({ stage: 'update' }));
  doc.on('subdocs', ({ added, removed, loaded }, _, transaction) => {
    // Yjs tells once more what it destroys because it was deleted.
    if (added.size === 0 && loaded.size === 0 && isEmpty(transaction)) return;
    const guids = (docs) => [...docs].map((d) => d.guid);
    log.push({ added: guids(added), removed: guids(removed), loaded: guids(loaded) });
  });
  for (const [name, type] of Object.entries(roots)) {
    type.observe((e) => log.push({ observe: name, ...event(e) }));
    type.observeDeep((events) => log.push({ deep: name, events: events.map(event) }));
  }
}

/**
 * Edits whenever the text was edited: listeners may. It does not delete: when Yjs joins that with what was deleted
 * before, its next event counts both.
 */
export function react(doc, { text, map }) {
  let reactions = 0;
  text.observe(({ transaction }) => {
    if (!transaction.local || transaction.origin === 'reaction') return;
    doc.transact(() => {
      map.set('reactions', ++reactions);
      text.insert(0, '!');
    }, 'reaction');
  });
}
