// The command-line tool against Yjs.
//
//   [UNISONO_BUILD_DIR=<folder>] node --test <this file>
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as Y from 'yjs'

const build = process.env.UNISONO_BUILD_DIR ?? fileURLToPath(new URL('../../build/dev', import.meta.url))
const tool = `${build}/examples/unisono-doc/unisono-doc`
const skip = existsSync(tool) ? false : 'CLI11 is not installed, so the tool was not built'

const hex = bytes => Buffer.from(bytes).toString('hex')
const run = (input, ...options) => spawnSync(tool, options, { input })
const batch = lines => run(lines.map(line => line + '\n').join(''), 'batch').stdout.toString().trimEnd().split('\n').map(line => JSON.parse(line))

const doc = Object.assign(new Y.Doc(), { clientID: 7 })
const updates = []
doc.on('update', update => updates.push(update))
doc.getText('text').insert(0, 'one')
doc.getText('text').insert(3, ' two 😀', { bold: true })
doc.getMap('map').set('key', [1, { a: null }])
doc.getText('text').delete(1, 3)
const updatesV2 = updates.map(Y.convertUpdateFormatV1ToV2)
const merged = Y.mergeUpdates(updates)
const mergedV2 = Y.mergeUpdatesV2(updatesV2)
const known = Y.encodeStateVectorFromUpdate(updates[0])

test('a batch is answered as Yjs would, in order and past every error', { skip }, () => {
  const rows = [
    [{ op: 'merge', v: 1, updates: updates.map(hex) }, merged],
    [{ op: 'merge', v: 2, updates: updatesV2.map(hex) }, mergedV2],
    'not a request',
    [{ op: 'diff', v: 1, update: hex(merged), sv: hex(known) }, Y.diffUpdate(merged, known)],
    [{ op: 'diff', v: 2, update: hex(mergedV2), sv: hex(known) }, Y.diffUpdateV2(mergedV2, known)],
    { op: 'unheard of' },
    { op: 'load', v: 1 },
    { op: 'load', v: 1, updates: [], roots: { text: 'same', map: 'same' } },
    {},
    [{ op: 'state_vector', v: 1, update: hex(merged) }, Y.encodeStateVectorFromUpdate(merged)],
    [{ op: 'state_vector', v: 2, update: hex(mergedV2) }, Y.encodeStateVectorFromUpdateV2(mergedV2)],
    { op: 'merge', v: 1 },
    { op: 'merge', v: 3, updates: [] },
    { op: 'merge', v: 1, updates: ['0'] },
    { op: 'merge', v: 1, updates: ['0g'] },
    { op: 'merge', v: 1, updates: [hex(merged), hex(mergedV2)] },
    { op: 'diff', v: 1, update: hex(merged) },
    { op: 'convert', from: 1, to: '2', update: hex(merged) },
    [{ op: 'convert', from: 1, to: 2, update: hex(merged) }, mergedV2],
    [{ op: 'convert', from: 2, to: 1, update: hex(mergedV2) }, merged],
    [{ op: 'convert', from: 2, to: 2, update: hex(mergedV2) }, mergedV2],
    { op: 'convert', from: 1, to: 1, update: hex(mergedV2) }
  ]
  const answers = batch(rows.map(row => typeof row === 'string' ? row : JSON.stringify(Array.isArray(row) ? row[0] : row)))
  assert.equal(answers.length, rows.length)
  rows.forEach((row, i) => {
    if (Array.isArray(row)) assert.deepEqual(answers[i], { bytes: hex(row[1]) }, JSON.stringify(row[0]))
    else assert.deepEqual(Object.keys(answers[i]), ['error'], JSON.stringify(row))
  })
})

const vectors = JSON.parse(readFileSync(new URL('../vectors/yjs-vectors.json', import.meta.url)))
const roots = { text: 'text', array: 'array', map: 'map', xml: 'xml' }

test('a batch loads documents as Yjs does, from either form', { skip }, () => {
  for (const v of [1, 2]) {
    const updates = doc => doc.updates.map(update => v === 1 ? update : hex(Y.convertUpdateFormatV1ToV2(Buffer.from(update, 'hex'))))
    const answers = batch(vectors.docs.map(doc => JSON.stringify({ op: 'load', v, updates: updates(doc), gc: doc.gc, roots })))
    vectors.docs.forEach(({ seed, expect }, i) => {
      const { snapshotV1: snapshot_v1, snapshotV2: snapshot_v2, ...same } = expect
      // Updates that were converted lost the marks of keys, but the document knows them.
      assert.deepEqual(answers[i], { ...same, snapshot_v1, snapshot_v2, pending: false }, `form ${v}, seed ${seed}`)
    })
  }
})

test('a document says what waits, and what JSON lacks', { skip }, () => {
  const doc = Object.assign(new Y.Doc(), { clientID: 5 })
  const updates = []
  doc.on('update', update => updates.push(hex(update)))
  doc.getMap('map').set('u', undefined)
  doc.getMap('map').set('b', new Uint8Array([1, 255]))
  doc.getMap('map').set('n', 10n)
  const request = { op: 'load', v: 1, gc: true, roots: { map: 'map' } }
  const [all, late, bad] = batch([
    { ...request, updates }, { ...request, updates: updates.slice(1) }, { ...request, updates: [...updates, '00'] }
  ].map(r => JSON.stringify(r)))
  assert.deepEqual(all.map, { b: { $bytes: '01ff' }, n: { $bigint: '10' }, u: { $undefined: true } })
  assert.equal(all.pending, false)
  assert.equal(all.text, undefined)
  assert.deepEqual([late.map, late.pending, late.sv], [{}, true, '00'])
  assert.deepEqual(Object.keys(bad), ['error'])
})

test('commands read and write bytes', { skip }, () => {
  assert.equal(hex(run(merged, 'convert', '--to', '2', '-').stdout), hex(mergedV2))
  assert.equal(hex(run(mergedV2, 'convert', '--to', '1', '-').stdout), hex(merged))
  assert.equal(hex(run(merged, 'state-vector', '-').stdout), hex(Y.encodeStateVectorFromUpdate(merged)))
  assert.equal(hex(run(mergedV2, 'merge', '--v2', '-').stdout), hex(mergedV2))
  const malformed = run('x', 'convert', '--to', '2', '-')
  assert.equal(malformed.status, 1)
  assert.match(malformed.stderr.toString(), /inside a value/)
})

test('inspect tells what is in an update of either form', { skip }, () => {
  for (const update of [merged, mergedV2]) {
    const text = run(update, 'inspect', '-').stdout.toString()
    assert.match(text, new RegExp(`V1 ${merged.length}, V2 ${mergedV2.length}`))
    assert.match(text, /^7 +0 +13 +5 +0$/m)
    assert.match(text, /^7 +2 +3$/m)
    assert.match(text, /^format +2 /m)
    assert.match(text, /^root "text": text, 7 code units\n {2}text {3}otwo 😀\n {2}delta {2}\[{"insert":"o"},{"attributes":{"bold":true},"insert":"two 😀"}\]$/m)
    assert.match(text, /^root "map": map, 1 keys\n {2}json {3}{"key":\[1,{"a":null}\]}$/m)
    assert.doesNotMatch(text, /incomplete/)
  }
  const roots = new Y.Doc()
  roots.getXmlFragment('xml').insert(0, [new Y.XmlElement('p')])
  roots.getArray('array').insert(0, [new Uint8Array([1]), new Y.Map()])
  roots.getArray('gone').insert(0, [1])
  roots.getArray('gone').delete(0, 1)
  const text = run(Y.encodeStateAsUpdate(roots), 'inspect', '-').stdout.toString()
  assert.match(text, /^root "xml": xml, 1 children\n {2}xml {4}<p><\/p>$/m)
  assert.match(text, /^root "array": array, 2 elements\n {2}json {3}\[{"\$bytes":"01"},{}\]$/m)
  assert.match(text, /^root "gone": of unknown kind$/m)
  assert.match(run(updates[1], 'inspect', '-').stdout.toString(), /^incomplete/m)
  assert.equal(run('x', 'inspect', '-').status, 1)
})
