import * as A from '@automerge/automerge'

// Everybody has to begin with the same document.
const empty = A.save(A.from({ text: '', numbers: [], map: {}, array: [] }, '00'))

export class Replica {
  constructor (client) {
    this.doc = A.load(empty, { actor: client.toString(16).padStart(16, '0') })
  }

  onLocalUpdate (listener) { this.listener = listener }

  change (work) {
    this.doc = A.change(this.doc, work)
    this.listener?.(A.getLastLocalChange(this.doc))
  }

  edit ([at, erased, inserted]) { this.change(doc => A.splice(doc, ['text'], at, erased, inserted)) }
  insertNumbers (at, numbers) { this.change(doc => { doc.numbers.splice(at, 0, ...numbers) }) }
  set (value) { this.change(doc => { doc.map.v = value }) }
  insertText (text) { this.change(doc => { doc.array.splice(0, 0, text) }) }
  apply (update) { this.applyAll([update]) }
  applyAll (updates) { [this.doc] = A.applyChanges(this.doc, updates) }
  text () { return this.doc.text }
  state () { return A.save(this.doc) }
  free () { A.free(this.doc) }

  static load (state, client) {
    const replica = Object.create(Replica.prototype)
    replica.doc = A.load(state, { actor: client.toString(16).padStart(16, '0') })
    return replica
  }
}
