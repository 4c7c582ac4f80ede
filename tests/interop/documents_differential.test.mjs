// Plays random histories of several clients on the document engine and on Yjs side by side. After every step
// both must have emitted the same updates, have told listeners the same events, have the same encoded state, and
// show the same content.
//
//   [UNISONO_BUILD_DIR=<folder>] [UNISONO_SEED=<n>] [UNISONO_SCENARIOS=<n>] node --test <this file>
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as Y from 'yjs'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { isEmpty, react, record } from './support/document_events.mjs'
import { random_from, seed } from './support/random.mjs'

const scenarios = Number(process.env.UNISONO_SCENARIOS ?? 50)

const hex = bytes => Buffer.from(bytes).toString('hex')
const unhex = text => new Uint8Array(Buffer.from(text, 'hex'))
const anyHex = value => hex(encoding.encode(e => encoding.writeAny(e, value)))
const fromAnyHex = text => decoding.readAny(decoding.createDecoder(unhex(text)))

const build = process.env.UNISONO_BUILD_DIR ?? fileURLToPath(new URL('../../build/dev', import.meta.url))
const tool = spawn(`${build}/tests/document_tool`, [], { stdio: ['pipe', 'pipe', 'inherit'] })
const answers = createInterface({ input: tool.stdout })[Symbol.asyncIterator]()
after(() => tool.stdin.end())

async function ask (request) {
  tool.stdin.write(JSON.stringify(request) + '\n')
  const answer = JSON.parse((await answers.next()).value)
  assert.equal(answer.error, undefined, JSON.stringify(request))
  return answer
}

const words = ['a', 'bc', 'def', 'é', '漢字', '😀', '👩‍💻', 'x\ny', ' ', '"q"', 'plain words']
const value = r => r.pick([1, -5, 1.5, 3e9, true, null, 's', '😀', [1, [2]], { k: { m: 1 } }, new Uint8Array([1, 2])])
const mapValue = r => r.chance(0.2) ? r.pick([undefined, 10n, -(2n ** 63n)]) : value(r)
// No objects: Yjs drops a format that repeats one of the same JavaScript object, which others cannot know.
const attributes = r => r.pick([{ bold: true }, { bold: null }, { bold: true, color: 'red' }, { color: null }, { color: 'blue' }, { link: 'u' }, { link: null }, { size: 2 }])

/** A random edit, done on the Yjs document and returned as a request for the tool; or nothing. */
const edits = {
  text (d, r) {
    const texts = [[['text'], d.getText('text')]]
    d.getArray('array').toArray().forEach((t, i) => { if (t instanceof Y.Text) texts.push([['array', i], t]) })
    d.getMap('map').forEach((t, k) => { if (t instanceof Y.Text) texts.push([['map', k], t]) })
    d.getXmlFragment('xml').toArray().forEach((e, i) => {
      if (e instanceof Y.XmlText) texts.push([['xml', i], e])
      else e.toArray().forEach((t, k) => { if (t instanceof Y.XmlText) texts.push([['xml', i, k], t]) })
    })
    const [on, t] = r.chance(0.6) ? texts[0] : r.pick(texts)
    const at = r.below(t.length + 1)
    const count = t.length === at ? 0 : 1 + r.below(Math.min(6, t.length - at))
    switch (r.below(11)) {
      case 10: {
        const delta = []
        for (let k = r.below(4), left = t.length; k >= 0; --k) {
          const length = left > 0 || r.chance(0.1) ? 1 + r.below(Math.min(8, left + 2)) : 0
          if (length === 0 || r.chance(0.4)) {
            const insert = r.chance(0.8) ? r.pick(words) : { image: r.below(9) }
            delta.push(r.chance(0.5) ? { insert } : { insert, attributes: attributes(r) })
          } else {
            // Yjs throws when it is to delete from a text that never had anything.
            delta.push(t.length > 0 && r.chance(0.4) ? { delete: length } : r.chance(0.4) ? { retain: length } : { retain: length, attributes: attributes(r) })
            left -= length
          }
        }
        t.applyDelta(structuredClone(delta))
        return { on, do: 'delta', value: anyHex(delta) }
      }
      case 0: case 1: case 2: case 3: {
        const text = r.pick(words)
        t.insert(at, text)
        return { on, do: 'insert', at, text }
      }
      case 4: {
        const [text, a] = [r.pick(words), attributes(r)]
        t.insert(at, text, { ...a })
        return { on, do: 'insert', at, text, attributes: anyHex(a) }
      }
      case 5: case 6: {
        const a = attributes(r)
        t.format(at, count, { ...a })
        return { on, do: 'format', at, count, attributes: anyHex(a) }
      }
      case 7: {
        const embed = { image: r.below(9) }
        t.insertEmbed(at, embed)
        return { on, do: 'embed', at, value: anyHex(embed) }
      }
      default:
        t.delete(at, count)
        return { on, do: 'delete', at, count }
    }
  },
  /** One key, mostly where the last one was pressed. */
  typing (d, r) {
    const [on, t] = [['text'], d.getText('text')]
    const place = r.chance(0.9) && d.typedAt <= t.length ? d.typedAt : r.below(t.length + 1)
    if (place > 0 && r.chance(0.3)) {
      t.delete(place - 1, 1)
      d.typedAt = place - 1
      return { on, do: 'delete', at: place - 1, count: 1 }
    }
    const text = r.chance(0.95) ? 'k' : r.pick(words)
    t.insert(place, text)
    d.typedAt = place + text.length
    return { on, do: 'insert', at: place, text }
  },
  array (d, r) {
    const arrays = [[['array'], d.getArray('array')]]
    d.getArray('array').toArray().forEach((t, i) => { if (t instanceof Y.Array) arrays.push([['array', i], t]) })
    d.getMap('map').forEach((t, k) => { if (t instanceof Y.Array) arrays.push([['map', k], t]) })
    const [on, a] = r.pick(arrays)
    const at = r.below(a.length + 1)
    switch (r.below(7)) {
      case 6: {
        const options = r.pick([{}, { autoLoad: true }, { meta: { m: 1 } }, { gc: false }])
        const guid = r.pick(['g1', 'g2'])
        a.insert(at, [new Y.Doc({ guid, ...options })])
        return { on, do: 'subdocument', at, guid, options: anyHex(options) }
      }
      case 0: case 1: {
        const values = [value(r), value(r), value(r)].slice(r.below(3))
        a.insert(at, values)
        return { on, do: 'insert', at, value: anyHex(values) }
      }
      case 2: {
        const values = [r.below(100)]
        a.push(values)
        return { on, do: 'push', value: anyHex(values) }
      }
      case 3: {
        const [verb, make] = r.pick([['text', () => new Y.Text()], ['map', () => new Y.Map()], ['array', () => new Y.Array()]])
        a.insert(at, [make()])
        return { on, do: verb, at }
      }
      default: {
        const count = a.length === at ? 0 : 1 + r.below(Math.min(3, a.length - at))
        a.delete(at, count)
        return { on, do: 'delete', at, count }
      }
    }
  },
  map (d, r) {
    const maps = [[['map'], d.getMap('map')]]
    d.getArray('array').toArray().forEach((t, i) => { if (t instanceof Y.Map) maps.push([['array', i], t]) })
    d.getMap('map').forEach((t, k) => { if (t instanceof Y.Map) maps.push([['map', k], t]) })
    const [on, m] = r.pick(maps)
    const key = r.pick(['k1', 'k2', 'k3', 'é'])
    switch (r.below(5)) {
      case 0: case 1: case 2: {
        const v = mapValue(r)
        m.set(key, v)
        return { on, do: 'set', key, value: anyHex(v) }
      }
      case 3: {
        const [verb, make] = r.pick([['text', () => new Y.Text()], ['map', () => new Y.Map()], ['array', () => new Y.Array()]])
        m.set(key, make())
        return { on, do: verb, key }
      }
      default:
        m.delete(key)
        return { on, do: 'delete', key }
    }
  },
  xml (d, r) {
    const root = d.getXmlFragment('xml')
    const elements = [[['xml'], root]]
    root.toArray().forEach((e, i) => { if (e instanceof Y.XmlElement) elements.push([['xml', i], e]) })
    const [on, x] = r.pick(elements)
    const at = r.below(x.length + 1)
    switch (r.below(6)) {
      case 0: case 1: {
        if (on.length > 1) return null // the tool reaches two levels deep
        const name = r.pick(['p', 'DIV'])
        x.insert(at, [new Y.XmlElement(name)])
        return { on, do: 'element', at, name }
      }
      case 2:
        x.insert(at, [new Y.XmlText()])
        return { on, do: 'text', at }
      case 3: case 4: {
        if (on.length === 1) return null
        const key = r.pick(['a', 'b'])
        if (r.chance(0.3)) {
          x.removeAttribute(key)
          return { on, do: 'unset', key }
        }
        const v = r.pick(['v', 'w', 3, true, null])
        x.setAttribute(key, v)
        return { on, do: 'attribute', key, value: anyHex(v) }
      }
      default: {
        const count = x.length === at ? 0 : 1
        x.delete(at, count)
        return { on, do: 'delete', at, count }
      }
    }
  }
}

const canon = v => v instanceof Uint8Array
  ? { bytes: hex(v) }
  : v instanceof Y.Doc
    ? v.guid
  : typeof v === 'bigint'
    ? { bigint: String(v) }
    : v === undefined
      ? { undefined: true }
      : Array.isArray(v)
        ? v.map(canon)
        : v && typeof v === 'object' ? Object.fromEntries(Object.keys(v).sort().map(k => [k, canon(v[k])])) : v

const content = doc => canon({
  text: doc.getText('text').toString(),
  delta: doc.getText('text').toDelta(),
  array: doc.getArray('array').toJSON(),
  map: doc.getMap('map').toJSON(),
  xml: doc.getXmlFragment('xml').toString()
})

/** Rich text without what Yjs leaves to chance in the past: where pieces meet, and marks of embedded things. */
function pieces (delta) {
  const joined = []
  for (const { insert, attributes } of delta) {
    const a = { ...attributes }
    if (typeof insert !== 'string') delete a.ychange
    const last = joined.at(-1)
    if (typeof insert === 'string' && typeof last?.insert === 'string' && JSON.stringify(canon(last.attributes)) === JSON.stringify(canon(a))) last.insert += insert
    else joined.push({ insert: insert instanceof Y.AbstractType ? 'a type' : insert, attributes: a })
  }
  return canon(joined)
}

const plain = v => v instanceof Y.AbstractType || v instanceof Y.Doc ? 'a type' : v

/** Compares what both read of the past. Yjs cuts where snapshots end, so it reads a copy of the document. */
async function samePast (i, doc, from, to, where) {
  const copy = new Y.Doc({ gc: false })
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  const restored = Y.createDocFromSnapshot(copy, to)
  const answer = await ask({ op: 'past', doc: i, from: hex(Y.encodeSnapshot(from)), to: hex(Y.encodeSnapshot(to)) })
  assert.equal(answer.state, hex(Y.encodeStateAsUpdate(restored)), `restored state in ${where}`)
  const past = fromAnyHex(answer.content)
  assert.equal(past.text, restored.getText('text').toString(), where)
  assert.deepEqual(pieces(past.delta), pieces(copy.getText('text').toDelta(to)), where)
  assert.deepEqual(pieces(past.changes), pieces(copy.getText('text').toDelta(to, from)), where)
  assert.deepEqual(canon(past.array), canon(restored.getArray('array').toArray().map(plain)), where)
  assert.deepEqual(canon(past.map), canon(Object.fromEntries([...restored.getMap('map')].map(([k, v]) => [k, plain(v)]))), where)
}

for (const kinds of [['typing'], ['text'], ['array', 'map'], ['text', 'array', 'map', 'xml']]) {
  test(`equals Yjs: ${kinds.join(', ')}`, async () => {
    for (let n = 0; n < scenarios; ++n) {
      const r = random_from(seed + n)
      const where = `scenario ${n} of UNISONO_SEED=${seed}`
      const gc = r.chance(0.7)
      const clients = [r.below(3), 10 + r.below(2 ** 31), 2 ** 53 - 1 - r.below(1000)]
      const docs = clients.map(id => Object.assign(new Y.Doc({ gc }), { clientID: id, typedAt: 0 }))
      const types = kinds.map(kind => kind === 'typing' ? 'text' : kind)
      const typing = kinds[0] === 'typing'
      const undo = docs.map(() => r.chance(0.5)
        ? { scope: types.filter(() => r.chance(0.8)).concat(types[0]), joined: r.chance(0.5), overwrite: r.chance(0.3) }
        : undefined)
      const emitted = docs.map(() => [])
      const emittedV2 = docs.map(() => [])
      const snapshots = docs.map(() => [])
      const unheard = docs.map(() => [])
      const events = docs.map(() => [])
      const observed = r.chance(typing ? 0.3 : 0.7)
      const reacting = r.chance(0.2)
      const silent = docs.map(() => r.chance(typing ? 0.4 : 0.1)) // is there nobody to hear of its updates?
      for (const [me, doc] of docs.entries()) {
        const roots = { text: doc.getText('text'), array: doc.getArray('array'), map: doc.getMap('map'), xml: doc.getXmlFragment('xml') }
        doc.on('updateV2', (update, origin, _, transaction) => isEmpty(transaction) || emittedV2[me].push(update))
        doc.on('update', (update, origin, _, transaction) => {
          if (isEmpty(transaction)) return
          emitted[me].push(update)
          if (origin !== 'remote') unheard.forEach((list, i) => { if (i !== me) list.push(update) })
        })
        if (observed) record(doc, roots, events[me])
        await ask({ op: 'new', doc: me, client: clients[me], gc, silent: silent[me], record: observed, react: reacting, undo: undo[me] })
        if (reacting) react(doc, roots)
      }
      const managers = docs.map((doc, i) => undo[i] && new Y.UndoManager(
        undo[i].scope.map(name => doc.get(name)),
        { captureTimeout: undo[i].joined ? 3600_000 : 0, ignoreRemoteMapChanges: undo[i].overwrite }))
      const same = async (i, answer, what) => {
        const [updates, updatesV2] = [emitted, emittedV2].map(all => all[i].splice(0).map(hex))
        assert.deepEqual(answer.updates, silent[i] ? [] : updates, `updates of ${what} in ${where}`)
        assert.deepEqual(answer.updates_v2, silent[i] ? [] : updatesV2, `V2 updates of ${what} in ${where}`)
        assert.deepEqual(canon(fromAnyHex(answer.events)), canon(events[i].splice(0)), `events of ${what} in ${where}`)
        assert.equal(answer.v1, hex(Y.encodeStateAsUpdate(docs[i])), `state after ${what} in ${where}`)
      }
      for (let step = 10 + r.below(50); step > 0; --step) {
        const i = r.below(docs.length)
        if (undo[i] && r.chance(0.4)) {
          const op = r.pick(['undo', 'undo', 'undo', 'undo', 'redo', 'redo', 'stop', 'stop', 'clear'])
          const done = { undo: () => managers[i].undo() !== null, redo: () => managers[i].redo() !== null, stop: () => managers[i].stopCapturing(), clear: () => managers[i].clear() }[op]()
          const answer = await ask({ op, doc: i })
          assert.equal(answer.done, done, `${op} in ${where}`)
          await same(i, answer, op)
        } else if (r.chance(0.65)) {
          const done = []
          docs[i].transact(() => {
            for (let k = r.below(typing ? 1 : 3); k >= 0; --k) {
              const edit = edits[r.pick(kinds)](docs[i], r)
              if (edit) done.push(edit)
            }
          })
          await same(i, await ask({ op: 'edit', doc: i, edits: done }), JSON.stringify(done))
        } else {
          let updates = unheard[i].splice(0, r.below(unheard[i].length + 1))
          if (r.chance(0.2)) updates = updates.map(u => [r.below(1e9), u]).sort((a, b) => a[0] - b[0]).map(x => x[1])
          if (updates.length > 1 && r.chance(0.3)) updates = [Y.mergeUpdates(updates)]
          if (r.chance(0.1)) updates.push(Y.encodeStateAsUpdate(r.pick(docs)))
          for (const update of updates) {
            const v2 = r.chance(0.3)
            Y.applyUpdate(docs[i], update, 'remote')
            await same(i, await ask(v2
              ? { op: 'apply', doc: i, v: 2, update: hex(Y.convertUpdateFormatV1ToV2(update)) }
              : { op: 'apply', doc: i, update: hex(update) }), `applying ${hex(update)}`)
          }
        }
        if (r.chance(0.1)) {
          const guid = r.pick(['g1', 'g2'])
          const verb = r.pick(['load', 'unload'])
          docs[i].transact(() => {
            for (const sub of [...docs[i].getSubdocs()]) if (sub.guid === guid) verb === 'load' ? sub.load() : sub.destroy()
          })
          await same(i, await ask({ op: verb, doc: i, guid }), verb)
        }
        if (r.chance(0.1)) {
          const snapshot = Y.snapshot(docs[i])
          const answer = await ask({ op: 'snapshot', doc: i })
          assert.equal(answer.snapshot_v1, hex(Y.encodeSnapshot(snapshot)), where)
          assert.equal(answer.snapshot_v2, hex(Y.encodeSnapshotV2(snapshot)), where)
          snapshots[i].push(snapshot)
        }
        if (!gc && snapshots[i].length > 0 && r.chance(0.2)) await samePast(i, docs[i], r.pick(snapshots[i]), r.pick(snapshots[i]), where)
        if (r.chance(0.1)) {
          const answer = await ask({ op: 'read', doc: i })
          assert.equal(answer.v2, hex(Y.encodeStateAsUpdateV2(docs[i])), where)
          assert.deepEqual(canon(fromAnyHex(answer.content)), content(docs[i]), where)
        }
      }
      for (const i of docs.keys()) {
        for (const update of unheard[i].splice(0)) {
          Y.applyUpdate(docs[i], update, 'remote')
          await same(i, await ask({ op: 'apply', doc: i, update: hex(update) }), `applying ${hex(update)}`)
        }
        const answer = await ask({ op: 'read', doc: i })
        assert.deepEqual(canon(fromAnyHex(answer.content)), content(docs[i]), where)
      }
    }
  })
}
