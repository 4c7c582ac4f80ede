import { bind_answer } from './answer.js';
import { $, show_state } from './dom.js';
import { draw_sparkline, remember } from './sparkline.js';

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

function show(event) {
  const { n, value } = JSON.parse(event.data);
  // The feed counts up by one: a jump is something that recovery did not bring back.
  if (last_n !== null && n > last_n + 1) missed += n - last_n - 1;
  last_n = n;
  count++;
  received.push(event.lastEventId);
  if (received.length > most_kept) received.shift();
  remember(values, value, points);
  wire.push(`id: ${event.lastEventId}\ndata: ${event.data}\n`);
  if (wire.length > wire_lines) wire.shift();

  $('#value').textContent = value.toFixed(2);
  $('[data-testid=feed-count]').textContent = String(count);
  $('[data-testid=feed-last-id]').textContent = event.lastEventId;
  $('#missed').textContent = String(missed);
  $('#wire').textContent = [...wire].reverse().join('\n');
  draw_sparkline($('.spark'), values, points, { high: Math.max(1, ...values) });
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
