import { createRequire } from 'node:module'

const require = createRequire(import.meta.url) // json-joy comes as CommonJS
const { Model } = require('json-joy/lib/json-crdt')
const { Patch } = require('json-joy/lib/json-crdt-patch')

// Everybody has to begin with the same document.
const first = Model.create(undefined, 70000)
first.api.set({ text: '', numbers: [], map: {}, array: [] })
first.api.flush()
const empty = first.toBinary()

export class Replica {
  constructor (client, state = empty) {
    this.model = Model.load(state, client)
  }

  onLocalUpdate (listener) { this.listener = listener }

  change (work) {
    work(this.model.api)
    const patch = this.model.api.flush()
    this.listener?.(patch.toBinary())
  }

  edit ([at, erased, inserted]) {
    this.change(api => {
      const text = api.str(['text'])
      if (erased > 0) text.del(at, erased)
      if (inserted.length > 0) text.ins(at, inserted)
    })
  }

  insertNumbers (at, numbers) { this.change(api => api.arr(['numbers']).ins(at, numbers)) }
  set (value) { this.change(api => api.obj(['map']).set({ v: value })) }
  insertText (text) { this.change(api => api.arr(['array']).ins(0, [text])) }
  apply (update) { this.model.applyPatch(Patch.fromBinary(update)) }
  applyAll (updates) { for (const update of updates) this.apply(update) }
  text () { return this.model.api.str(['text']).view() }
  state () { return this.model.toBinary() }

  static load (state, client) { return new Replica(client, state) }
}
