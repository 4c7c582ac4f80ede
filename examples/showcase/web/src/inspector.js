import { $, element, show_state } from './dom.js';
import { draw_sparkline, remember } from './sparkline.js';
import * as show from './units.js';

const address = '/inspect';
const reopen_ms = 3_000;
const points = 60;

// What the tiles show: the test id, the number in a snapshot, and how it reads.
const tiles = [
  ['deliveries', (seen) => seen.rates.deliveries, show.count],
  ['messages-in', (seen) => seen.rates.messages_in, show.count],
  ['bytes-out', (seen) => seen.rates.bytes_out, show.bytes],
  ['bytes-in', (seen) => seen.rates.bytes_in, show.bytes],
  ['queued', (seen) => seen.queued_bytes, show.bytes],
  ['loops', (seen) => Math.max(...seen.shards.map((shard) => shard.answer_us)), show.duration],
].map(([id, read, format]) => ({ tile: $(`[data-testid=tile-${id}]`), read, format, values: [] }));

let before = null;

window.unisono = { feed: null, seen: null };

const set_state = (state) => show_state($('[data-testid=inspector-state]'), state);

function set_text(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Shows `items` as children of `parent`, of which each keeps its place and its node. */
function show_list(parent, items, make, update) {
  while (parent.children.length > items.length) parent.lastElementChild.remove();
  while (parent.children.length < items.length) parent.append(make());
  items.forEach((item, index) => update(parent.children[index], item, index));
}

const cells = (number) => () => element('tr', {}, ...Array.from({ length: number }, () => element('td')));

function show_row(row, texts) {
  texts.forEach((text, index) => set_text(row.children[index], text));
}

function show_tiles(seen) {
  for (const { tile, read, format, values } of tiles) {
    const value = read(seen);
    remember(values, value, points);
    set_text(tile.querySelector('.value'), format(value));
    draw_sparkline(tile.querySelector('svg'), values, points, { low: 0 });
  }
  set_text($('#queued-most'), `largest ${show.bytes(seen.queued_max)}`);
}

function show_kinds(kinds) {
  const all = kinds.reduce((sum, { connections }) => sum + connections, 0);
  set_text($('[data-testid=connections]'), show.count(all));
  show_list($('#kind-bar'), kinds, () => element('i'), (bar, { kind, connections }) => {
    bar.dataset.kind = kind;
    bar.style.flexGrow = connections;
  });
  show_list(
    $('#kinds'),
    kinds,
    () => element('li', {}, element('span'), element('b')),
    (item, { kind, connections }) => {
      item.dataset.kind = kind;
      set_text(item.firstChild, kind);
      set_text(item.lastChild, show.count(connections));
    },
  );
}

function show_shards(seen) {
  const seconds = before ? (seen.uptime - before.uptime) / 1000 : 0;
  show_list($('#shards'), seen.shards, cells(6), (row, shard, index) => {
    const sent = before && before.shards[index] ? shard.totals.bytes_out - before.shards[index].totals.bytes_out : 0;
    row.classList.toggle('bad', !shard.answered);
    show_row(row, [
      String(index),
      show.count(shard.connections),
      show.count(shard.rooms),
      show.bytes(shard.queued_bytes),
      seconds > 0 ? `${show.bytes(sent / seconds)}/s` : '–',
      shard.answered ? show.duration(shard.answer_us) : 'stuck',
    ]);
  });
}

function show_rooms({ count, largest, history_bytes }) {
  set_text($('[data-testid=room-count]'), show.count(count));
  set_text($('#history'), show.bytes(history_bytes));
  const most = Math.max(1, ...largest.map((room) => room.subscribers));
  show_list($('#rooms'), largest, cells(4), (row, room) => {
    row.style.setProperty('--share', room.subscribers / most);
    show_row(row, [room.name, show.count(room.subscribers), show.count(room.publications), show.bytes(room.history_bytes)]);
    row.firstChild.title = room.name;
  });
  $('#no-rooms').hidden = largest.length > 0;
}

function show_documents({ count, largest }) {
  set_text($('[data-testid=document-count]'), show.count(count));
  const most = Math.max(1, ...largest.map((document) => document.bytes));
  show_list($('#documents'), largest, cells(6), (row, document) => {
    row.style.setProperty('--share', document.bytes / most);
    row.classList.toggle('bad', document.quarantined > 0);
    show_row(row, [
      document.name,
      show.count(document.clients),
      document.loading ? 'loading' : show.bytes(document.bytes),
      show.count(document.unconfirmed),
      show.bytes(document.log_bytes),
      document.stored_ago < 0 ? '–' : `${show.age(document.stored_ago)} ago`,
    ]);
    row.firstChild.title = document.name;
  });
  $('#no-documents').hidden = largest.length > 0;
  $('#documents-table').hidden = largest.length === 0;
}

function show_slowest(slowest) {
  show_list($('#slowest'), slowest, cells(4), (row, { shard, id, kind, peer, queued_bytes, queue_limit }) => {
    const share = Math.min(1, queued_bytes / queue_limit);
    row.style.setProperty('--share', share);
    row.classList.toggle('wait', share >= 0.25 && share < 0.75);
    row.classList.toggle('bad', share >= 0.75);
    show_row(row, [`${shard}/${id}`, kind, peer, `${show.bytes(queued_bytes)} of ${show.bytes(queue_limit)}`]);
  });
  $('#nobody-slow').hidden = slowest.length > 0;
  $('#slowest-table').hidden = slowest.length === 0;
}

function show_snapshot(event) {
  const seen = JSON.parse(event.data);
  if (before && seen.uptime < before.uptime) before = null; // another life of the server
  set_text($('[data-testid=uptime]'), show.age(seen.uptime));
  set_text($('#memory'), show.bytes(seen.resident_bytes));
  show_tiles(seen);
  show_kinds(seen.connections);
  show_shards(seen);
  show_rooms(seen.rooms);
  show_documents(seen.documents);
  show_slowest(seen.slowest);
  before = seen;
  window.unisono.seen = seen;
}

function open_feed() {
  const feed = new EventSource(address);
  window.unisono.feed = feed;
  feed.addEventListener('open', () => set_state('open'));
  feed.addEventListener('message', show_snapshot);
  feed.addEventListener('error', () => {
    set_state('reconnecting');
    // EventSource retries a lost connection by itself, but gives up for good on an HTTP error.
    if (feed.readyState === EventSource.CLOSED) setTimeout(open_feed, reopen_ms);
  });
}

set_state('connecting');
open_feed();
