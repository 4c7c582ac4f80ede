import * as Y from 'yjs'

export class Replica {
  constructor (client) {
    this.doc = new Y.Doc()
    this.doc.clientID = client
    this.content = this.doc.getText('text')
  }

  onLocalUpdate (listener) {
    this.doc.on('update', (update, origin, doc, transaction) => { if (transaction.local) listener(update) })
  }

  edit ([at, erased, inserted]) {
    this.doc.transact(() => {
      if (erased > 0) this.content.delete(at, erased)
      if (inserted.length > 0) this.content.insert(at, inserted)
    })
  }

  insertNumbers (at, numbers) { this.doc.getArray('numbers').insert(at, numbers) }
  set (value) { this.doc.getMap('map').set('v', value) }
  insertText (text) { this.doc.getArray('array').insert(0, [new Y.Text(text)]) }
  apply (update) { Y.applyUpdate(this.doc, update) }
  applyAll (updates) { this.doc.transact(() => { for (const update of updates) Y.applyUpdate(this.doc, update) }) }
  text () { return this.content.toString() }
  state () { return Y.encodeStateAsUpdate(this.doc) }
  stateV2 () { return Y.encodeStateAsUpdateV2(this.doc) }
  applyV2 (update) { Y.applyUpdateV2(this.doc, update) }
}

export const readsYjsUpdates = true

export const merge = updates => Y.mergeUpdates(updates)

/** Operations on the encoded state, by the name of their figure. */
export function operations (replica) {
  const v1 = replica.state()
  const v2 = replica.stateV2()
  const half = Y.decodeStateVector(Y.encodeStateVector(replica.doc))
  for (const [client, clock] of half) half.set(client, clock >> 1)
  const known = Y.encodeStateVector(half)
  return {
    'difference to the half': () => Y.diffUpdate(v1, known),
    'state vector': () => Y.encodeStateVectorFromUpdate(v1),
    'V1 to V2': () => Y.convertUpdateFormatV1ToV2(v1),
    'V2 to V1': () => Y.convertUpdateFormatV2ToV1(v2)
  }
}
