// A strict reader of Prometheus' text format 0.0.4 (prometheus.io, "Exposition formats"): anything odd throws.
import assert from 'node:assert/strict';

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const head = new RegExp(`^# (HELP|TYPE) (${name}) (.+)$`);
const sample = new RegExp(`^(${name})(?:\\{(.*)\\})? (NaN|[+-]Inf|-?\\d+(?:\\.\\d+)?(?:e[+-]\\d+)?)$`);
const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/;

function read_labels(text = '') {
  const labels = {};
  while (text !== '') {
    const found = label.exec(text);
    assert.ok(found, `labels: ${text}`);
    assert.ok(!(found[1] in labels), `label twice: ${found[1]}`);
    labels[found[1]] = found[2];
    text = text.slice(found[0].length);
  }
  return labels;
}

const number = (text) => (text.endsWith('Inf') ? (text[0] === '-' ? -Infinity : Infinity) : Number(text));

/** Map from metric to {type, help, samples: [{name, labels, value}]}. */
export function read_metrics(page) {
  assert.ok(page.endsWith('\n'), 'the last line ends');
  const metrics = new Map();
  let current = null;
  let key = '';
  const seen = new Set();
  for (const line of page.slice(0, -1).split('\n')) {
    if (line.startsWith('#')) {
      const [, what, of, rest] = head.exec(line) ?? assert.fail(line);
      if (what === 'HELP') {
        assert.ok(!metrics.has(of), `${of} comes in one group`);
        metrics.set(of, (current = { help: rest, samples: [] }));
        key = of;
      } else {
        assert.equal(of, key, 'TYPE follows its HELP');
        assert.ok(['counter', 'gauge', 'histogram'].includes(rest) && !current.type, line);
        current.type = rest;
      }
      continue;
    }
    const [, of, labels, value] = sample.exec(line) ?? assert.fail(line);
    const suffix = current.type === 'histogram' ? /^(?:_bucket|_sum|_count)$/ : /^$/;
    assert.ok(of.startsWith(key) && suffix.test(of.slice(key.length)), `${of} below ${key}`);
    assert.ok(!seen.has(`${of}{${labels}}`), `sample twice: ${line}`);
    seen.add(`${of}{${labels}}`);
    current.samples.push({ name: of, labels: read_labels(labels), value: number(value) });
  }
  for (const [of, { type, help, samples }] of metrics) {
    assert.ok(type && help && samples.length > 0, `${of} is whole`);
    if (type === 'counter') assert.match(of, /_total$/);
    if (type === 'histogram') check_histogram(of, samples);
  }
  return metrics;
}

function check_histogram(of, samples) {
  const buckets = samples.filter(({ name }) => name === `${of}_bucket`);
  const bounds = buckets.map(({ labels }) => number(labels.le));
  assert.deepEqual(bounds, [...bounds].sort((a, b) => a - b));
  assert.equal(bounds.at(-1), Infinity);
  buckets.slice(1).forEach(({ value }, i) => assert.ok(value >= buckets[i].value, 'buckets are cumulated'));
  const of_name = (name) => samples.filter((s) => s.name === name);
  assert.equal(of_name(`${of}_count`)[0].value, buckets.at(-1).value);
  assert.equal(of_name(`${of}_sum`).length, 1);
}
