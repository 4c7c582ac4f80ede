import { LoroDoc, LoroText } from 'loro-crdt'

export class Replica {
  constructor (client) {
    this.doc = new LoroDoc()
    this.doc.setPeerId(String(client))
    this.content = this.doc.getText('text')
  }

  onLocalUpdate (listener) { this.doc.subscribeLocalUpdates(listener) }

  edit ([at, erased, inserted]) {
    if (erased > 0) this.content.delete(at, erased)
    if (inserted.length > 0) this.content.insert(at, inserted)
    this.doc.commit()
  }

  insertNumbers (at, numbers) {
    const list = this.doc.getList('numbers')
    numbers.forEach((number, i) => list.insert(at + i, number))
    this.doc.commit()
  }

  set (value) {
    this.doc.getMap('map').set('v', value)
    this.doc.commit()
  }

  insertText (text) {
    this.doc.getList('array').insertContainer(0, new LoroText()).insert(0, text)
    this.doc.commit()
  }

  apply (update) { this.doc.import(update) }
  applyAll (updates) { this.doc.importBatch(updates) }
  text () { return this.content.toString() }
  state () { return this.doc.export({ mode: 'snapshot' }) }
  free () { this.doc.free() }
}
