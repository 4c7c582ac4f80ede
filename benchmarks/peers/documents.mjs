// What Yjs costs on an editing trace: the same work as documents/documents.cpp does with the library's engine.
//   node --expose-gc documents.mjs --trace <file>
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import * as Y from 'yjs'

const { values } = parseArgs({ options: { trace: { type: 'string' } } })
const { txns } = JSON.parse(readFileSync(values.trace))
const patches = txns.flatMap(t => t.patches)

const timed = work => {
  const start = performance.now()
  work()
  return performance.now() - start
}
const warm = work => Array.from({ length: 15 }, () => timed(work)).sort((a, b) => a - b)[7]

function replay (doc) {
  const text = doc.getText('text')
  for (const [at, erased, inserted] of patches) {
    doc.transact(() => {
      if (erased > 0) text.delete(at, erased)
      if (inserted.length > 0) text.insert(at, inserted)
    })
  }
}
const withClient = id => Object.assign(new Y.Doc(), { clientID: id })
const loaded = state => {
  const doc = new Y.Doc()
  doc.getText('text')
  Y.applyUpdate(doc, state)
  return doc
}
const figures = {}

const typed = withClient(1)
let updateBytes = 0
typed.on('update', update => { updateBytes += update.length })
figures.local_ms = timed(() => replay(typed))
figures.update_bytes = updateBytes

figures.local_quiet_ms = timed(() => replay(withClient(1)))

const recorded = withClient(1)
const updates = []
recorded.on('update', update => updates.push(update))
replay(recorded)

const received = withClient(2)
received.getText('text')
figures.apply_ms = timed(() => { for (const update of updates) Y.applyUpdate(received, update) })
if (received.getText('text').toString() !== typed.getText('text').toString()) throw new Error('replicas differ')

const state = Y.encodeStateAsUpdate(typed)
figures.state_bytes = state.length
figures.encode_ms = warm(() => Y.encodeStateAsUpdate(typed))
figures.load_ms = warm(() => loaded(state))
figures.load_text_ms = warm(() => loaded(state).getText('text').toString())

global.gc?.()
const before = process.memoryUsage().rss
const many = Array.from({ length: 20 }, () => loaded(state))
global.gc?.()
figures.loaded_mb = (process.memoryUsage().rss - before) / 20e6
if (many.length !== 20) throw new Error()
console.log(JSON.stringify(figures))
