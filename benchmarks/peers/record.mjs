// Plays a concurrent editing trace with npm yjs and records one update for each of its transactions.
//   node record.mjs <workload.json>     writes <workload.json>.updates
//
// Positions refer to the state that merges a transaction's parents, so there is a document for each author, which gets
// all ancestors that it lacks first.
import { readFileSync, writeFileSync } from 'node:fs'
import * as Y from 'yjs'
import { joined } from './updates.mjs'

const [file] = process.argv.slice(2)
const { agents, transactions } = JSON.parse(readFileSync(file))
const updates = []
const documents = Array.from({ length: agents }, (_, agent) => {
  const doc = new Y.Doc()
  // Of two who write at the same place the smaller id goes first: with these, friendsforever ends as recorded.
  doc.clientID = (0xdeadbeef ^ (agent + 1) * 0x9e3779b1) >>> 0
  doc.on('update', (update, origin, _, transaction) => { if (transaction.local) doc.sent = update })
  return { doc, text: doc.getText('text'), has: new Uint8Array(transactions.length) }
})
transactions.forEach(({ parents, agent, patches }, i) => {
  const { doc, text, has } = documents[agent]
  const lacking = []
  for (const open = [...parents]; open.length > 0;) {
    const ancestor = open.pop()
    if (has[ancestor]) continue
    has[ancestor] = 1
    lacking.push(ancestor)
    open.push(...transactions[ancestor].parents)
  }
  for (const ancestor of lacking.sort((a, b) => a - b)) Y.applyUpdate(doc, updates[ancestor])
  doc.sent = new Uint8Array([0, 0])
  doc.transact(() => {
    for (const [at, erased, inserted] of patches) {
      if (erased > 0) text.delete(at, erased)
      if (inserted.length > 0) text.insert(at, inserted)
    }
  })
  updates.push(doc.sent)
  has[i] = 1
})
writeFileSync(`${file}.updates`, joined(updates))
