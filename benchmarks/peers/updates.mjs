// npm yjs at the operations that documents/updates.cpp measures.
//
//   node updates.mjs --prepare <trace.json.gz> <folder>    what both of them read
//   node updates.mjs --data <folder> [--seconds <n>]       one line of JSON, milliseconds
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as Y from 'yjs'

/** Updates behind each other, each with its length as lib0 writes it. */
function joined (updates) {
  const parts = []
  for (const update of updates) {
    const head = []
    let n = update.length
    for (; n >= 0x80; n = Math.floor(n / 0x80)) head.push(n % 0x80 | 0x80)
    parts.push(Buffer.from([...head, n]), update)
  }
  return Buffer.concat(parts)
}

function split (bytes) {
  const updates = []
  for (let at = 0; at < bytes.length;) {
    let length = 0
    for (let unit = 1, byte = 0x80; byte >= 0x80; unit *= 0x80) {
      byte = bytes[at++]
      length += byte % 0x80 * unit
    }
    updates.push(bytes.subarray(at, at += length))
  }
  return updates
}

/** Plays an editing trace: one update for each of its transactions. */
function prepare (trace, folder) {
  const doc = Object.assign(new Y.Doc(), { clientID: 1234567 })
  const text = doc.getText('text')
  const updates = []
  doc.on('update', update => { if (updates.length < 10000) updates.push(update) })
  const { txns } = JSON.parse(gunzipSync(readFileSync(trace)))
  for (const { patches } of txns) {
    doc.transact(() => {
      for (const [position, deleted, inserted] of patches) {
        if (deleted) text.delete(position, deleted)
        if (inserted) text.insert(position, inserted)
      }
    })
  }
  const vector = Y.decodeStateVector(Y.encodeStateVector(doc))
  for (const [client, clock] of vector) vector.set(client, clock >> 1)
  const save = (name, bytes) => writeFileSync(join(folder, name), bytes)
  save('state.v1', Y.encodeStateAsUpdate(doc))
  save('state.v2', Y.encodeStateAsUpdateV2(doc))
  save('half.sv', Y.encodeStateVector(vector))
  save('updates.v1', joined(updates))
  save('updates.v2', joined(updates.map(update => Y.convertUpdateFormatV1ToV2(update))))
}

function medianMs (seconds, work) {
  const took = []
  const end = performance.now() + seconds * 1000
  for (let warmup = 3; took.length === 0 || performance.now() < end; --warmup) {
    const start = performance.now()
    work()
    const ms = performance.now() - start
    if (warmup <= 0 || ms > 500) took.push(ms)
  }
  return took.sort((a, b) => a - b)[took.length >> 1]
}

function measure (folder, seconds) {
  const load = name => new Uint8Array(readFileSync(join(folder, name)))
  const [state, stateV2, half] = ['state.v1', 'state.v2', 'half.sv'].map(load)
  const updates = split(load('updates.v1'))
  const updatesV2 = split(load('updates.v2'))
  const cases = {
    'merge 1,000': () => Y.mergeUpdates(updates.slice(0, 1000)),
    'merge 10,000': () => Y.mergeUpdates(updates.slice(0, 10000)),
    'merge 1,000 V2': () => Y.mergeUpdatesV2(updatesV2.slice(0, 1000)),
    'convert V1 to V2': () => Y.convertUpdateFormatV1ToV2(state),
    'convert V2 to V1': () => Y.convertUpdateFormatV2ToV1(stateV2),
    diff: () => Y.diffUpdate(state, half),
    'diff V2': () => Y.diffUpdateV2(stateV2, half),
    'state vector': () => Y.encodeStateVectorFromUpdate(state),
    'state vector V2': () => Y.encodeStateVectorFromUpdateV2(stateV2)
  }
  const report = {}
  for (const [name, work] of Object.entries(cases)) report[name] = medianMs(seconds, work)
  console.log(JSON.stringify(report))
}

const [mode, ...rest] = process.argv.slice(2)
if (mode === '--prepare') prepare(...rest)
else measure(rest[0], Number(rest[2] ?? 1))
