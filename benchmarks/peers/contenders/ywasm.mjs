import * as Y from 'ywasm'

export class Replica {
  constructor (client) {
    this.doc = new Y.YDoc({ clientID: client })
    this.content = this.doc.getText('text')
  }

  onLocalUpdate (listener) {
    this.doc.onUpdate(event => { if (!this.applying) listener(event.update ?? event) })
  }

  transact (work) {
    const transaction = this.doc.beginTransaction()
    try {
      return work(transaction)
    } finally {
      transaction.commit()
      transaction.free()
    }
  }

  edit ([at, erased, inserted]) {
    this.transact(transaction => {
      if (erased > 0) this.content.delete(at, erased, transaction)
      if (inserted.length > 0) this.content.insert(at, inserted, undefined, transaction)
    })
  }

  insertNumbers (at, numbers) { this.doc.getArray('numbers').insert(at, numbers, undefined) }
  set (value) { this.doc.getMap('map').set('v', value, undefined) }
  insertText (text) { this.doc.getArray('array').insert(0, [new Y.YText(text)], undefined) }

  apply (update) {
    this.applying = true
    Y.applyUpdate(this.doc, update, undefined)
    this.applying = false
  }

  applyAll (updates) {
    this.transact(transaction => { for (const update of updates) transaction.applyV1(update) })
  }

  text () { return this.content.toString(undefined) }
  state () { return Y.encodeStateAsUpdate(this.doc) }
  stateV2 () { return Y.encodeStateAsUpdateV2(this.doc) }
  applyV2 (update) { Y.applyUpdateV2(this.doc, update, undefined) }
  free () { this.doc.free() }
}

export const readsYjsUpdates = true
