// Writes crdt-vectors.json: states of the classic CRDTs, their bytes and what is shown of them, and what joining two
// must give. Written from the description of the format in docs/crdts.md, without anything of the library:
//
//     node crdt-vectors.mjs > crdt-vectors.json
//     node crdt-vectors.mjs ../fuzz/seeds/crdt      # writes each state's bytes into a file

import { writeFileSync } from 'node:fs';

const tags = { g_counter: 1, pn_counter: 2, causal_counter: 3, lww_register: 4, mv_register: 5, enable_wins_flag: 6,
    disable_wins_flag: 7, g_set: 8, two_phase_set: 9, or_set: 10, lww_element_set_add: 11, lww_element_set_remove: 12,
    or_map: 13, sequence: 14, boolean: 64, integer: 65, integer64: 66, real: 67, text: 68, bytes: 69 };

// Primitives

const uint = (n) => {
    const bytes = [];
    for (let rest = BigInt(n); ; rest >>= 7n) {
        const last = rest < 128n;
        bytes.push(Number(rest & 127n) | (last ? 0 : 128));
        if (last) return bytes;
    }
};
const sint = (n) => {
    const magnitude = Math.abs(n);
    const more = Math.floor(magnitude / 64);
    return [(more ? 128 : 0) | (n < 0 ? 64 : 0) | magnitude % 64, ...(more ? uint(more) : [])];
};
const big = (write) => {
    const view = new DataView(new ArrayBuffer(8));
    write(view);
    return [...new Uint8Array(view.buffer)];
};
const values = {
    boolean: (v) => [v ? 1 : 0],
    integer: sint,
    integer64: (v) => big((view) => view.setBigInt64(0, BigInt(v))),
    real: (v) => big((view) => view.setFloat64(0, v)),
    text: (v) => [...uint(Buffer.from(v).length), ...Buffer.from(v)],
    bytes: (v) => [...uint(v.length), ...v],
};

const ascending = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const table = (replicas) => {
    const ids = [...new Set(replicas)].sort((a, b) => a - b);
    return { ids, bytes: [...uint(ids.length), ...ids.flatMap((id, i) => uint(i ? id - ids[i - 1] : id))] };
};
const counted = (list, write) => [...uint(list.length), ...list.flatMap(write)];

// A context is {replica: [[first, last], ...]}.
const causal = (context, store) => {
    const { ids, bytes } = table(Object.keys(context).map(Number));
    const ranges = ids.flatMap((id) => {
        let before = 0;
        return counted(context[id], ([first, last]) => {
            const gap = first - before;
            before = last;
            return [...uint(gap), ...uint(last - first)];
        });
    });
    return [...bytes, ...ranges, ...store(([replica, counter]) => [...uint(ids.indexOf(replica)), ...uint(counter)])];
};
const timestamp = ([time, count, replica]) => [...uint(time), ...uint(count), ...uint(replica)];

const counts = (state) => {
    const { ids, bytes } = table(Object.keys(state).map(Number));
    return [...bytes, ...ids.flatMap((id) => uint(state[id]))];
};

// Types: how a state given as plain JavaScript is written

const dots = (list) => (dot) => counted(list, dot);
const types = {
    g_counter: { tags: ['g_counter'], write: counts },
    pn_counter: { tags: ['pn_counter'], write: ({ up, down }) => [...counts(up), ...counts(down)] },
    causal_counter: {
        tags: ['causal_counter'],
        write: ({ context, store }) =>
            causal(context, (dot) => counted(store, ([d, up, down]) => [...dot(d), ...uint(up), ...uint(down)])),
    },
    lww_register: {
        tags: ['lww_register', 'text'],
        write: (state) => (state ? [1, ...timestamp(state.at), ...values.text(state.value)] : [0]),
    },
    mv_register: {
        tags: ['mv_register', 'real'],
        write: ({ context, store }) =>
            causal(context, (dot) => counted(store, ([d, value]) => [...dot(d), ...values.real(value)])),
    },
    enable_wins_flag: {
        tags: ['enable_wins_flag'],
        write: ({ context, store }) => causal(context, dots(store)),
    },
    disable_wins_flag: {
        tags: ['disable_wins_flag'],
        write: ({ context, store }) => causal(context, dots(store)),
    },
    g_set: { tags: ['g_set', 'integer64'], write: (state) => counted(state, values.integer64) },
    two_phase_set: {
        tags: ['two_phase_set', 'bytes'],
        write: (state) => counted(state, ([element, removed]) => [...values.bytes(element), removed ? 1 : 0]),
    },
    or_set: {
        tags: ['or_set', 'text'],
        write: ({ context, store }) =>
            causal(context, (dot) =>
                counted(Object.keys(store).sort(ascending), (key) => [...values.text(key), ...dots(store[key])(dot)])),
    },
    lww_element_set: {
        tags: ['lww_element_set_add', 'integer'],
        write: (state) => {
            const { ids, bytes } = table(state.map(([, at]) => at[2]));
            return [...bytes, ...counted(state, ([element, [time, count, replica], present]) =>
                [...values.integer(element), ...timestamp([time, count, ids.indexOf(replica)]), present ? 1 : 0])];
        },
    },
    or_map: {
        tags: ['or_map', 'text', 'or_set', 'integer'],
        write: ({ context, store }) =>
            causal(context, (dot) => counted(Object.keys(store).sort(ascending), (key) => [
                ...values.text(key),
                ...counted(store[key], ([element, list]) => [...values.integer(element), ...dots(list)(dot)]),
            ])),
    },
    // Elements are {id: [counter, replica], origin: [counter, replica] or null, value or undefined}.
    sequence: {
        tags: ['sequence', 'boolean'],
        write: ({ placed, waiting = [] }) => {
            const all = [...placed, ...waiting];
            const { ids, bytes } = table(all.flatMap((e) => [e.id[1], ...(e.origin ? [e.origin[1]] : [])]));
            const name = ([counter, replica]) => [...uint(counter), ...uint(ids.indexOf(replica))];
            let previous = [0, 0];
            const elements = all.flatMap(({ id, origin, value }) => {
                const same = (a, b) => a[0] === b[0] && a[1] === b[1];
                const follows = same(origin ?? [0, 0], previous);
                const next = same(id, [previous[0] + 1, previous[1]]);
                const flags = (value === undefined ? 1 : 0) | (follows ? 2 : 0) | (!follows && !origin ? 4 : 0) | (next ? 8 : 0);
                previous = id;
                return [flags, ...(next ? [] : name(id)), ...(follows || !origin ? [] : name(origin)),
                    ...(value === undefined ? [] : values.boolean(value))];
            });
            return [...bytes, ...uint(placed.length), ...uint(waiting.length), ...elements];
        },
    },
};

const bytes_of = (type, state) =>
    Buffer.from([1, ...types[type].tags.flatMap((tag) => uint(tags[tag])), ...types[type].write(state)]);

// States. Replica 7 is small, replica A is as large as they get.

const A = Number.MAX_SAFE_INTEGER;
const empty = { context: {}, store: [] };
const states = [
    ['g_counter', 'nobody counted', {}, 0],
    ['g_counter', 'two counted', { 7: 3, [A]: 200 }, 203],
    ['pn_counter', 'up and down', { up: { 7: 3, 9: 1 }, down: { 7: 10 } }, -6],
    ['causal_counter', 'a number of each', { context: { 7: [[1, 4]], 9: [[1, 1]] }, store: [[[7, 4], 5, 2], [[9, 1], 0, 1]] }, 2],
    ['lww_register', 'never written', null, null],
    ['lww_register', 'written', { at: [1700000000000, 3, A], value: 'Gr\u00fc\u00dfe \u{1f600}' }, 'Gr\u00fc\u00dfe \u{1f600}'],
    ['mv_register', 'nothing', empty, []],
    ['mv_register', 'two values', { context: { 7: [[1, 2]], 9: [[1, 1]] }, store: [[[7, 2], 1.5], [[9, 1], -2]] }, [-2, 1.5]],
    ['enable_wins_flag', 'on', { context: { 7: [[1, 1]] }, store: [[7, 1]] }, true],
    ['enable_wins_flag', 'off again', { context: { 7: [[1, 1]] }, store: [] }, false],
    ['disable_wins_flag', 'never switched', empty, true],
    ['disable_wins_flag', 'off', { context: { 7: [[1, 1]] }, store: [[7, 1]] }, false],
    ['g_set', 'numbers', [-5, 0, 300], [-5, 0, 300]],
    ['two_phase_set', 'one removed', [[[1, 2], false], [[255], true]], ['AQI=']],
    ['or_set', 'some removed', { context: { 7: [[1, 3]], 9: [[2, 2]] }, store: { y: [[7, 2], [9, 2]], x: [[7, 3]] } }, ['x', 'y']],
    ['or_set', 'with gaps', { context: { 7: [[1, 3], [5, 5], [300, 400]] }, store: { z: [[7, 400]] } }, ['z']],
    ['lww_element_set', 'one removed', [[-1, [5, 0, 7], true], [70, [6, 1, 9], false]], [-1]],
    ['or_map', 'sets under keys', { context: { 7: [[1, 4]] }, store: { b: [[1, [[7, 1]]], [2, [[7, 3]]]], a: [[-1, [[7, 4]]]] } }, { a: [-1], b: [1, 2] }],
    ['sequence', 'nothing', { placed: [] }, []],
    ['sequence', 'a run, one in between, one erased', { placed: [
        { id: [1, 7], origin: null, value: true }, { id: [4, 9], origin: [1, 7], value: false },
        { id: [2, 7], origin: [1, 7] }, { id: [3, 7], origin: [2, 7], value: true }] }, [true, false, true]],
    ['sequence', 'one waits', { placed: [{ id: [2, 9], origin: null, value: false }, { id: [1, 7], origin: null, value: true }],
        waiting: [{ id: [6, 7], origin: [5, 7], value: true }] }, [false, true]],
];

// What joining two states must give: merge-rule spot checks.

const x1 = { context: { 7: [[1, 1]] }, store: { x: [[7, 1]] } };
const joins = [
    ['g_counter', 'the greater of each', { 7: 3, 8: 1 }, { 7: 2, 9: 5 }, { 7: 3, 8: 1, 9: 5 }],
    ['pn_counter', 'a late delta changes nothing', { up: { 7: 3 }, down: { 7: 1 } }, { up: { 7: 2 }, down: {} }, { up: { 7: 3 }, down: { 7: 1 } }],
    ['causal_counter', 'who counts meanwhile survives a reset',
        { context: { 7: [[1, 1]], 9: [[1, 1]] }, store: [] },
        { context: { 7: [[1, 1]], 9: [[1, 2]] }, store: [[[7, 1], 5, 0], [[9, 2], 4, 0]] },
        { context: { 7: [[1, 1]], 9: [[1, 2]] }, store: [[[9, 2], 4, 0]] }],
    ['lww_register', 'equal times: the replica decides', { at: [5, 0, 1], value: 'z' }, { at: [5, 0, 2], value: 'a' }, { at: [5, 0, 2], value: 'a' }],
    ['lww_register', 'equal timestamps: the value decides', { at: [5, 0, 1], value: 'z' }, { at: [5, 0, 1], value: 'a' }, { at: [5, 0, 1], value: 'z' }],
    ['mv_register', 'concurrent values are kept',
        { context: { 7: [[1, 1]] }, store: [[[7, 1], 1]] }, { context: { 9: [[1, 1]] }, store: [[[9, 1], 2]] },
        { context: { 7: [[1, 1]], 9: [[1, 1]] }, store: [[[7, 1], 1], [[9, 1], 2]] }],
    ['mv_register', 'who has seen both replaces both',
        { context: { 7: [[1, 1]], 9: [[1, 1]] }, store: [[[7, 1], 1], [[9, 1], 2]] },
        { context: { 7: [[1, 2]], 9: [[1, 1]] }, store: [[[7, 2], 3]] },
        { context: { 7: [[1, 2]], 9: [[1, 1]] }, store: [[[7, 2], 3]] }],
    ['enable_wins_flag', 'enabling wins', { context: { 7: [[1, 2]] }, store: [[7, 2]] }, { context: { 7: [[1, 1]] }, store: [] }, { context: { 7: [[1, 2]] }, store: [[7, 2]] }],
    ['disable_wins_flag', 'disabling wins', { context: { 7: [[1, 2]] }, store: [[7, 2]] }, { context: { 7: [[1, 1]] }, store: [] }, { context: { 7: [[1, 2]] }, store: [[7, 2]] }],
    ['g_set', 'the union', [1, 2], [2, 3], [1, 2, 3]],
    ['two_phase_set', 'added anew after it was removed: absent', [[[1], true]], [[[1], false], [[2], false]], [[[1], true], [[2], false]]],
    ['or_set', 'added while another removes: present', { context: { 7: [[1, 1]] }, store: {} },
        { context: { 7: [[1, 1]], 9: [[1, 1]] }, store: { x: [[9, 1]] } }, { context: { 7: [[1, 1]], 9: [[1, 1]] }, store: { x: [[9, 1]] } }],
    ['or_set', 'removed while the other does nothing: absent', { context: { 7: [[1, 1]] }, store: {} }, x1, { context: { 7: [[1, 1]] }, store: {} }],
    ['or_set', 'each holds it under a dot the other has seen go: absent',
        { context: { 7: [[1, 1]], 9: [[1, 1]] }, store: { x: [[7, 1]] } }, { context: { 7: [[1, 1]], 9: [[1, 1]] }, store: { x: [[9, 1]] } },
        { context: { 7: [[1, 1]], 9: [[1, 1]] }, store: {} }],
    ['lww_element_set', 'equal times: adding wins, whatever the replica', [[1, [5, 0, 7], true]], [[1, [5, 0, 9], false]], [[1, [5, 0, 7], true]]],
    ['or_map', 'a key removed while another adds under it: the new one alone',
        { context: { 7: [[1, 5]] }, store: {} },
        { context: { 7: [[1, 5]], 9: [[1, 1]] }, store: { s: [[1, [[7, 1]]], [2, [[7, 2]]], [3, [[7, 3]]], [4, [[7, 4]]], [5, [[7, 5]]], [6, [[9, 1]]]] } },
        { context: { 7: [[1, 5]], 9: [[1, 1]] }, store: { s: [[6, [[9, 1]]]] } }],
    ['sequence', 'runs at one place stay runs',
        { placed: [{ id: [1, 7], origin: null, value: true }, { id: [2, 7], origin: [1, 7], value: true }] },
        { placed: [{ id: [1, 9], origin: null, value: false }, { id: [2, 9], origin: [1, 9], value: false }] },
        { placed: [{ id: [1, 9], origin: null, value: false }, { id: [2, 9], origin: [1, 9], value: false },
            { id: [1, 7], origin: null, value: true }, { id: [2, 7], origin: [1, 7], value: true }] }],
    ['sequence', 'erased before it is inserted', { placed: [{ id: [1, 7], origin: null }] },
        { placed: [{ id: [1, 7], origin: null, value: true }] }, { placed: [{ id: [1, 7], origin: null }] }],
];

const folder = process.argv[2];
if (folder)
    states.forEach(([type, , state], i) => writeFileSync(`${folder}/${type}_${i}`, bytes_of(type, state)));
else {
    const line = (entry) => `    ${JSON.stringify(entry)}`;
    const hex = (type, state) => bytes_of(type, state).toString('hex');
    process.stdout.write(`{\n  "states": [\n${states
        .map(([type, name, state, json]) => line({ type, name, bytes: hex(type, state), json }))
        .join(',\n')}\n  ],\n  "joins": [\n${joins
        .map(([type, name, ...three]) => line({ type, name, states: three.map((state) => hex(type, state)) }))
        .join(',\n')}\n  ]\n}\n`);
}
