// Compares merge, diff, state vector, conversion and compaction of Yjs updates with Yjs itself on random histories.
//
//   [UNISONO_BUILD_DIR=<folder>] [UNISONO_SEED=<n>] [UNISONO_SCENARIOS=<n>] node --test <this file>
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as Y from 'yjs'
import { random_from, seed } from './support/random.mjs'

const scenarios = Number(process.env.UNISONO_SCENARIOS ?? 500)

const hex = bytes => Buffer.from(bytes).toString('hex')
const unhex = text => new Uint8Array(Buffer.from(text, 'hex'))

const build = process.env.UNISONO_BUILD_DIR ?? fileURLToPath(new URL('../../build/dev', import.meta.url))
const tool = spawn(`${build}/tests/update_tool`, [], { stdio: ['pipe', 'pipe', 'inherit'] })
const answers = createInterface({ input: tool.stdout })[Symbol.asyncIterator]()
after(() => tool.stdin.end())

async function ask (op, updates, stateVector, v = 1) {
  const request = { op, v, updates: updates.map(hex) }
  if (stateVector) request.state_vector = hex(stateVector)
  tool.stdin.write(JSON.stringify(request) + '\n')
  const answer = JSON.parse((await answers.next()).value)
  assert.equal(answer.error, undefined, `${op} refused ${JSON.stringify(request)}`)
  return unhex(answer.bytes)
}

const words = ['a', 'bc', 'def', 'é', '漢字', '😀', '👩‍💻', 'x\ny', ' ', '"q"']
const attributes = r => r.pick([
  { bold: true }, { bold: null }, { link: { href: 'u' } }, { size: 1e21 }, { size: -0 }, { size: 0.1 + r.below(9) / 7 },
  { data: [1, { b: 1, a: [null, 'x\u2028\b'], 7: {} }] }, { data: { x: [undefined], y: undefined } }
]) // no half characters: of them V2 keeps less than V1
const value = r => r.pick([1, -5, 1.5, 3e9, true, null, 's', '😀', [1, [2]], { k: { m: 1 } }, new Uint8Array([1, 2])])
const mapValue = r => r.chance(0.2) ? r.pick([undefined, 10n, -(2n ** 63n)]) : value(r) // arrays take no such values
const nested = r => r.pick([() => new Y.Map([['p', value(r)]]), () => Y.Array.from([value(r)]), () => new Y.Text('in')])()

const edits = [
  (d, r) => { const t = d.getText('text'); t.insert(r.below(t.length + 1), r.pick(words)) },
  (d, r) => { const t = d.getText('text'); const at = r.below(t.length + 1); [...'typing'].forEach((c, i) => t.insert(at + i, c)) },
  (d, r) => { const t = d.getText('text'); if (t.length) { const i = r.below(t.length); t.delete(i, 1 + r.below(Math.min(4, t.length - i))) } },
  (d, r) => { const t = d.getText('text'); if (t.length) { const i = r.below(t.length); t.format(i, 1 + r.below(t.length - i), attributes(r)) } },
  (d, r) => { const t = d.getText('text'); t.insertEmbed(r.below(t.length + 1), { image: r.below(9) }) },
  (d, r) => { const a = d.getArray('array'); a.insert(r.below(a.length + 1), [value(r), value(r)].slice(r.below(2))) },
  (d, r) => { const a = d.getArray('array'); for (let i = 0; i < 3; ++i) a.push([i]) },
  (d, r) => { const a = d.getArray('array'); if (a.length) a.delete(r.below(a.length), 1) },
  (d, r) => { const a = d.getArray('array'); a.insert(r.below(a.length + 1), [nested(r)]) },
  (d, r) => { d.getMap('map').set(r.pick(['k1', 'k2']), mapValue(r)) },
  (d, r) => { d.getMap('map').set(r.pick(['k1', 'k2']), nested(r)) },
  (d, r) => { d.getMap('map').set('doc', new Y.Doc({ guid: 'g' + r.below(9) })) },
  (d, r) => { d.getMap('map').set('hook', new Y.XmlHook(r.pick(words))) },
  (d, r) => { d.getMap('map').delete(r.pick(['k1', 'k2'])) },
  (d, r) => { const x = d.getXmlFragment('xml'); const e = new Y.XmlElement(r.pick(['p', 'div'])); e.setAttribute('a', String(r.below(9))); e.insert(0, [new Y.XmlText(r.pick(words))]); x.insert(r.below(x.length + 1), [e]) },
  (d, r) => { const x = d.getXmlFragment('xml'); if (x.length) x.delete(r.below(x.length), 1) }
]

/** All updates that a few clients made, who hear of each other late. */
function history (r) {
  const gc = r.chance(0.5)
  const ids = [r.below(3), 10 + r.below(2 ** 31), 2 ** 53 - 1 - r.below(1000)]
  const docs = ids.map(id => Object.assign(new Y.Doc({ gc }), { clientID: id }))
  const log = []
  const unheard = docs.map(() => [])
  docs.forEach((doc, me) => doc.on('update', (update, origin) => {
    log.push(update)
    if (origin !== 'remote') unheard.forEach((list, i) => { if (i !== me) list.push(update) })
  }))
  for (let step = 10 + r.below(50); step > 0; --step) {
    const i = r.below(docs.length)
    if (r.chance(0.7)) docs[i].transact(() => { for (let n = r.below(3); n >= 0; --n) r.pick(edits)(docs[i], r) })
    else for (const update of unheard[i].splice(0, r.below(unheard[i].length + 1))) Y.applyUpdate(docs[i], update, 'remote')
    if (r.chance(0.05)) log.push(Y.encodeStateAsUpdate(docs[i]))
  }
  return log
}

const sorted = v => typeof v === 'bigint'
  ? v + 'n'
  : v instanceof Uint8Array ? hex(v)
  : Array.isArray(v)
    ? v.map(sorted)
    : v instanceof Y.Doc ? v.guid : v && typeof v === 'object' ? Object.fromEntries(Object.keys(v).sort().map(k => [k, sorted(v[k])])) : v

/** Everything a user of a document that received these updates could tell. */
function content (...updates) {
  const doc = new Y.Doc()
  updates.forEach(update => Y.applyUpdate(doc, update))
  return {
    text: doc.getText('text').toDelta(),
    array: sorted(doc.getArray('array').toJSON()),
    map: sorted(doc.getMap('map').toJSON()),
    xml: doc.getXmlFragment('xml').toString(),
    stateVector: hex(Y.encodeStateVector(doc)),
    snapshot: hex(Y.encodeSnapshot(Y.snapshot(doc))),
    pending: doc.store.pendingStructs !== null
  }
}

/** Where Yjs's choice depends on the insides of its sort: a gc and an item that begin at the same clock. */
function leftToChance (updates) {
  const kinds = new Map()
  for (const update of updates) {
    for (const { id, constructor } of Y.decodeUpdate(update).structs) {
      const key = `${id.client} ${id.clock}`
      if ((kinds.get(key) ?? constructor) !== constructor) return true
      kinds.set(key, constructor)
    }
  }
  return false
}

test('equals Yjs', async () => {
  let identical = 0
  for (let n = 0; n < scenarios; ++n) {
    const r = random_from(seed + n)
    const log = history(r)
    // Whole, in part (with holes) and out of order.
    const some = log.filter(() => r.chance(0.8)).map(u => [r.below(1e9), u]).sort((a, b) => a[0] - b[0]).map(x => x[1])
    for (const updates of [log, some]) {
      const where = `scenario ${n} of UNISONO_SEED=${seed}`
      const theirs = Y.mergeUpdates(updates)
      const ours = await ask('merge', updates)
      assert.deepEqual(content(ours), content(theirs), where)
      if (!leftToChance(updates)) {
        assert.equal(hex(ours), hex(theirs), where)
        ++identical
      }

      const compact = await ask('compact', updates)
      assert.deepEqual(content(compact), content(ours), where)
      assert.deepEqual(content(await ask('compact', [ours])), content(ours), where)
      assert.ok(compact.length <= ours.length || updates.length === 1, where)
      assert.deepEqual(content(compact, ...log), content(ours, ...log), where)

      const vector = await ask('state_vector', [theirs])
      assert.equal(hex(vector), hex(Y.encodeStateVectorFromUpdate(theirs)), where)

      // What a replica that has a part is sent; also from the middle of structs.
      const part = Y.encodeStateVectorFromUpdate(Y.mergeUpdates(updates.slice(0, r.below(updates.length + 1))))
      const cut = Y.decodeStateVector(vector)
      for (const [client, clock] of cut) cut.set(client, r.below(clock + 1))
      for (const known of [part, Y.encodeStateVector(cut)]) {
        assert.equal(hex(await ask('diff', [theirs], known)), hex(Y.diffUpdate(theirs, known)), where)
      }
    }
  }
  console.log(`${identical} of ${2 * scenarios} merges equal byte for byte, the others in content`)
  assert.ok(identical > scenarios, 'too few merges could be compared')
})

test('converts between both forms and works on V2 as Yjs does', async () => {
  const rounds = Math.ceil(scenarios / 5)
  let identical = 0
  for (let n = 0; n < rounds; ++n) {
    const r = random_from(seed + n)
    const log = history(r)
    const where = `scenario ${n} of UNISONO_SEED=${seed}`
    const both = log.map(update => [update, Y.convertUpdateFormatV1ToV2(update)])
    for (const [v1, v2] of r.chance(0.2) ? both : [r.pick(both)]) {
      assert.equal(hex(await ask('convert', [v1])), hex(v2), where)
      assert.equal(hex(await ask('convert', [v2], undefined, 2)), hex(Y.convertUpdateFormatV2ToV1(v2)), where)
    }

    // A document's state, and what of it is not known yet, has marks that converting loses.
    const doc = new Y.Doc({ gc: r.chance(0.5) })
    for (const update of log) if (r.chance(0.9)) Y.applyUpdate(doc, update)
    if (doc.store.pendingStructs === null) {
      const part = Y.decodeStateVector(Y.encodeStateVector(doc))
      for (const [client, clock] of part) part.set(client, r.below(clock + 1))
      for (const known of [undefined, Y.encodeStateVector(part)]) {
        const v1 = Y.encodeStateAsUpdate(doc, known)
        const v2 = Y.encodeStateAsUpdateV2(doc, known)
        assert.equal(hex(await ask('convert_state', [v1])), hex(v2), where)
        assert.equal(hex(await ask('convert_state', [v2], undefined, 2)), hex(v1), where)
      }
    }

    const updates = both.map(x => x[1]).filter(() => r.chance(0.8))
    const theirs = Y.mergeUpdatesV2(updates)
    const ours = await ask('merge', updates, undefined, 2)
    if (!leftToChance(log)) {
      assert.equal(hex(ours), hex(theirs), where)
      ++identical
    }
    assert.deepEqual(content(Y.convertUpdateFormatV2ToV1(ours)), content(Y.convertUpdateFormatV2ToV1(theirs)), where)
    const compact = await ask('compact', updates, undefined, 2)
    assert.deepEqual(content(Y.convertUpdateFormatV2ToV1(compact)), content(Y.convertUpdateFormatV2ToV1(ours)), where)

    const vector = await ask('state_vector', [theirs], undefined, 2)
    assert.equal(hex(vector), hex(Y.encodeStateVectorFromUpdateV2(theirs)), where)
    const cut = Y.decodeStateVector(vector)
    for (const [client, clock] of cut) cut.set(client, r.below(clock + 1))
    const known = Y.encodeStateVector(cut)
    assert.equal(hex(await ask('diff', [theirs], known, 2)), hex(Y.diffUpdateV2(theirs, known)), where)
  }
  console.log(`${identical} of ${rounds} merges of V2 equal byte for byte, the others in content`)
  assert.ok(identical > rounds / 2, 'too few merges could be compared')
})

test('refuses what breaks the format', async () => {
  const bomb = '00010000000001000100010200001602000001fdffffffff7f0000' // yjs issue 687
  for (const [v, ...updates] of [
    [1, '', '00', '000000', '01010100000000', '01ffffffff0f0100000100'],
    [2, '', '00', '0000', '000000000000010000000000', '0000000000000100000000000000', bomb]
  ]) {
    for (const bad of updates) {
      tool.stdin.write(JSON.stringify({ op: 'validate', v, updates: [bad] }) + '\n')
      assert.ok(JSON.parse((await answers.next()).value).error, bad)
    }
  }
})
