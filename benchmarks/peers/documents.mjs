// An npm library at one workload: the same work as documents/documents.cpp does with the library's engine.
//   node --expose-gc documents.mjs --contender yjs|ywasm|loro|automerge|json_joy --workload <file> [--save <file>]
//   node --expose-gc documents.mjs --contender ... --first-load <the file that was saved>
// Prints a line of JSON for each figure as soon as it is known, so that what is slow does not cost the rest.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { split } from './updates.mjs'

const { values } = parseArgs({ options: { contender: { type: 'string' }, workload: { type: 'string' }, save: { type: 'string' }, 'first-load': { type: 'string' } } })
const contender = await import(`./contenders/${values.contender}.mjs`)
const { Replica } = contender
const firstClient = 3000000001

const say = (name, value) => console.log(JSON.stringify({ [name]: value }))
const milliseconds = work => {
  const start = performance.now()
  work()
  return performance.now() - start
}
/** The median of up to 15 runs, in one second. A run returns what it took: it can prepare what is not to be counted. */
const medianOf = run => {
  const took = []
  const end = performance.now() + 1000
  while (took.length === 0 || (took.length < 15 && performance.now() < end)) took.push(run())
  return took.sort((a, b) => a - b)[took.length >> 1]
}
const measure = (name, work) => say(name, medianOf(() => milliseconds(work)))

const load = state => {
  if (Replica.load) return Replica.load(state, firstClient - 1)
  const replica = new Replica(firstClient - 1)
  replica.apply(state)
  return replica
}
const loadV2 = state => {
  const replica = new Replica(firstClient - 1)
  replica.applyV2(state)
  return replica
}
const free = replica => replica.free?.()
const requireEqual = (a, b) => { if (a.text() !== b.text()) throw new Error('replicas differ') }

function measureEdits (edits, make) {
  say('time', medianOf(() => {
    const author = new Replica(firstClient)
    const reader = new Replica(firstClient + 1)
    author.onLocalUpdate(update => reader.apply(update))
    const took = milliseconds(() => { for (const edit of edits) make(author, edit) })
    requireEqual(author, reader)
    free(author)
    free(reader)
    return took
  }))
}

function measurePair (start, edits) {
  say('time', medianOf(() => {
    const pair = [new Replica(firstClient), new Replica(firstClient + 1)]
    const sent = [[], []]
    pair[0].onLocalUpdate(update => sent[0].push(update))
    if (start) pair[0].edit([0, 0, start])
    for (const update of sent[0]) pair[1].apply(update)
    sent[0] = []
    pair[1].onLocalUpdate(update => sent[1].push(update))
    const took = milliseconds(() => {
      for (const i of [0, 1]) for (const edit of edits[i]) pair[i].edit(edit)
      for (const i of [0, 1]) for (const update of sent[1 - i]) pair[i].apply(update)
    })
    requireEqual(pair[0], pair[1])
    pair.forEach(free)
    return took
  }))
}

const actions = {
  number: (replica, i) => replica.set(i),
  object: (replica, i) => replica.set({ name: String(i), address: 'here' }),
  string: (replica, i) => replica.set(String.fromCharCode(97 + i % 26).repeat(77)),
  text: (replica, i) => replica.insertText('word' + i)
}

function measureCrowd (clients, action) {
  const updates = Array.from({ length: clients }, (_, i) => {
    const replica = new Replica((firstClient + i * 2654435761) % 0x100000000)
    const sent = []
    replica.onLocalUpdate(update => sent.push(update))
    actions[action](replica, i)
    free(replica)
    return sent
  }).flat()
  const received = apply => medianOf(() => {
    const reader = new Replica(firstClient - 1)
    const took = milliseconds(() => apply(reader))
    free(reader)
    return took
  })
  say('one transaction', received(reader => reader.applyAll(updates)))
  say('one by one', received(reader => { for (const update of updates) reader.apply(update) }))
}

function measureReceived (updates) {
  say('received one by one', medianOf(() => {
    const reader = new Replica(firstClient - 1)
    const took = milliseconds(() => { for (const update of updates) reader.apply(update) })
    free(reader)
    return took
  }))
}

const measureLoad = (name, loaded) => say(name, medianOf(() => {
  let replica
  const took = milliseconds(() => {
    replica = loaded()
    replica.text()
  })
  free(replica)
  return took
}))

/** What one of twenty more of them takes. */
function measureMemory (make) {
  const now = () => {
    global.gc?.()
    const { rss, heapUsed, external } = process.memoryUsage()
    return [rss, heapUsed + external]
  }
  const before = now()
  const all = Array.from({ length: 20 }, make)
  const after = now()
  all.forEach(free)
  return before.map((bytes, i) => (after[i] - bytes) / 20e6)
}

/** Keeps a state for a process that begins with loading it. */
const save = state => { if (values.save) writeFileSync(values.save, state) }

/** What whoever opens a document first sees: nothing is compiled or in a cache. */
function measureFirstLoad (file) {
  const state = new Uint8Array(readFileSync(file))
  say('load V1 and read, first in the process', milliseconds(() => load(state).text()))
}

function measureState (replica) {
  const v1 = replica.state()
  save(v1)
  measure('encode V1', () => replica.state())
  measureLoad('load V1 and read', () => load(v1))
  if (replica.stateV2) {
    const v2 = replica.stateV2()
    measure('encode V2', () => replica.stateV2())
    measureLoad('load V2 and read', () => loadV2(v2))
    say('bytes, V2', v2.length)
  }
  const [resident, heap] = measureMemory(() => {
    const loaded = load(v1)
    loaded.text() // some read lazily
    return loaded
  })
  say('MB resident, loaded', resident)
  say('MB of heap, loaded', heap)
  say('bytes, V1', v1.length)
}

function measureTrace (edits) {
  let sent = 0
  say('typed, nobody listens', medianOf(() => {
    const author = new Replica(firstClient)
    const took = milliseconds(() => { for (const edit of edits) author.edit(edit) })
    free(author)
    return took
  }))
  say('typed', medianOf(() => {
    const author = new Replica(firstClient)
    sent = 0
    author.onLocalUpdate(update => { sent += update.length })
    const took = milliseconds(() => { for (const edit of edits) author.edit(edit) })
    free(author)
    return took
  }))
  say('bytes, all updates', sent)
  const author = new Replica(firstClient)
  const updates = []
  author.onLocalUpdate(update => updates.push(update))
  for (const edit of edits) author.edit(edit)
  measureState(author)
  measureReceived(updates)
  if (contender.operations) {
    for (const [name, work] of Object.entries(contender.operations(author))) measure(name, work)
  }
  if (contender.merge) {
    for (const count of [1000, 10000]) {
      const some = updates.slice(0, count)
      measure(`merge ${count} updates`, () => contender.merge(some))
    }
  }
}

/** Updates of several authors, recorded by record.mjs. */
function measureRecorded (file) {
  const updates = split(readFileSync(file))
  measureReceived(updates)
  const replica = new Replica(firstClient)
  for (const update of updates) replica.apply(update)
  const state = replica.state()
  save(state)
  measureLoad('load V1 and read', () => load(state))
}

function run (workload) {
  switch (workload.kind) {
    case 'text': measureEdits(workload.edits, (replica, edit) => replica.edit(edit)); break
    case 'numbers': measureEdits(workload.edits, (replica, [at, , numbers]) => replica.insertNumbers(at, numbers)); break
    case 'pair': measurePair(workload.start, workload.edits); break
    case 'crowd': measureCrowd(workload.clients, workload.action); break
    case 'trace': measureTrace(workload.edits); break
    case 'concurrent': if (contender.readsYjsUpdates) measureRecorded(`${values.workload}.updates`)
  }
}

if (values['first-load']) measureFirstLoad(values['first-load'])
else run(JSON.parse(readFileSync(values.workload)))
