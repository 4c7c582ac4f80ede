import { bind_answer } from './answer.js';
import { $, show_state } from './dom.js';

bind_answer();

const address = '/events/demo';
const reopen_ms = 3_000;
const points = 60;
const wire_lines = 6;
const most_kept = 10_000;

const values = [];
const wire = [];
const received = [];
let count = 0;
let missed = 0;
let last_n = null;

window.unisono = { feed: null, received };

const set_state = (state) => show_state($('[data-testid=feed-state]'), state);

function draw_spark() {
  const low = Math.min(0, ...values);
  const high = Math.max(1, ...values);
  const x = (index) => ((index + points - values.length) * 300) / (points - 1);
  const y = (value) => 86 - ((value - low) / (high - low)) * 82;
  const line = values.map((value, index) => `${x(index).toFixed(1)} ${y(value).toFixed(1)}`).join('L');
  $('#spark-line').setAttribute('d', `M${line}`);
  $('#spark-area').setAttribute('d', `M${x(0).toFixed(1)} 90L${line}L300 90Z`);
}

function show(event) {
  const { n, value } = JSON.parse(event.data);
  // The feed counts up by one: a jump is something that recovery did not bring back.
  if (last_n !== null && n > last_n + 1) missed += n - last_n - 1;
  last_n = n;
  count++;
  received.push(event.lastEventId);
  if (received.length > most_kept) received.shift();
  values.push(value);
  if (values.length > points) values.shift();
  wire.push(`id: ${event.lastEventId}\ndata: ${event.data}\n`);
  if (wire.length > wire_lines) wire.shift();

  $('#value').textContent = value.toFixed(2);
  $('[data-testid=feed-count]').textContent = String(count);
  $('[data-testid=feed-last-id]').textContent = event.lastEventId;
  $('#missed').textContent = String(missed);
  $('#wire').textContent = [...wire].reverse().join('\n');
  draw_spark();
}

function open_feed() {
  const feed = new EventSource(address);
  window.unisono.feed = feed;
  feed.addEventListener('open', () => set_state('open'));
  feed.addEventListener('message', show);
  // The server no longer knows the position, after a restart for instance: what follows is a new series.
  feed.addEventListener('reset', () => {
    last_n = null;
    values.length = 0;
  });
  feed.addEventListener('error', () => {
    set_state('reconnecting');
    // EventSource retries a lost connection by itself, but gives up for good on an HTTP error.
    if (feed.readyState === EventSource.CLOSED) setTimeout(open_feed, reopen_ms);
  });
}

set_state('connecting');
open_feed();
