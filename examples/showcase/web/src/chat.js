import { $, avatar, bind_name, element, path_name, show_state, websocket_url } from './dom.js';
import { author_id } from './identity.js';
import { MessageList } from './message_list.js';
import { random_id } from './random_id.js';
import { UnisonoClient } from './unisono_client.js';

const room_name = path_name('lobby');
document.title = `${room_name} · chat · unisono`;
$('#room-name').textContent = room_name;

const author = author_id();
let name = bind_name($('[data-testid=name-input]'), (changed) => {
  name = changed;
  client.name = name;
  room.set_state({ name });
});

const client = new UnisonoClient(websocket_url('/ws'), { name });
const room = client.subscribe(`chat/${room_name}`, { last: 50, presence: true, state: { name } });
window.unisono = { client };

// Connection ---------------------------------------------------------------------------------

client.addEventListener('state', ({ detail: { state, attempt, reason } }) => {
  // From the first failure on, the attempts in the background are no news.
  const shown = { waiting: 'offline', connecting: attempt ? 'offline' : 'connecting', connected: 'connected', closed: 'closed' }[state];
  const hint = {
    connecting: 'entering the room',
    connected: '',
    offline: 'messages are kept and sent when the connection is back',
    closed: reason || 'the server has ended this connection; reload to try again',
  }[shown];
  show_state($('[data-testid=chat-status]'), shown, $('#chat-hint'), hint);
  document.body.classList.toggle('is-offline', shown !== 'connected');
});

// Messages -----------------------------------------------------------------------------------

const log = $('#log');
const jump = $('#jump');
const messages = new MessageList($('[data-testid=chat-messages]'));

const at_bottom = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;
const to_bottom = () => {
  log.scrollTop = log.scrollHeight;
  jump.hidden = true;
};
jump.addEventListener('click', to_bottom);
log.addEventListener('scroll', () => at_bottom() && (jump.hidden = true), { passive: true });

/** Follows the conversation, but never pulls a reader away from what they scrolled back to. */
function change_list(change, { follow = at_bottom() } = {}) {
  change();
  $('#empty').hidden = !messages.empty;
  if (follow) to_bottom();
  else jump.hidden = false;
}

const message_of = ({ offset, data, from, ts }) => ({
  id: data?.id,
  author: data?.author ?? from?.client,
  name: String(data?.name || from?.user || 'Someone'),
  text: String(data?.text ?? ''),
  at: ts ?? Date.now(),
  offset,
  own: data?.author ? data.author === author : from?.client === client.id,
});

room.addEventListener('subscribed', ({ detail: { messages: missed, reset } }) => {
  $('#empty').textContent = 'No messages yet. Say hello.';
  if (!reset && !missed.length) return;
  const add_all = () => {
    if (reset) messages.clear();
    missed.forEach((message) => messages.add(message_of(message)));
  };
  change_list(add_all, reset ? { follow: true } : {});
});

room.addEventListener('message', ({ detail }) => {
  if (detail.from?.client) stopped_typing(detail.from.client);
  change_list(() => messages.add(message_of(detail)));
});

room.addEventListener('ended', ({ detail: { reason } }) => {
  $('#empty').textContent = 'This room is closed.';
  show_state($('[data-testid=chat-status]'), 'closed', $('#chat-hint'), reason || 'the server has closed this room');
});

async function send(text) {
  const id = random_id();
  const at = Date.now();
  change_list(() => messages.add_pending({ id, author, name, text, at, own: true }), { follow: true });
  try {
    const { offset } = await room.publish({ text, name, author, id }, { idempotency_key: id });
    messages.settle(id, offset);
  } catch (error) {
    messages.fail(id, error.message, () => send(text));
  }
}

// Writing ------------------------------------------------------------------------------------

const input = $('[data-testid=chat-input]');

function fit_input() {
  input.style.height = 'auto';
  input.style.height = `${input.scrollHeight + 2}px`;
}

$('#compose').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (text) send(text);
  input.value = '';
  fit_input();
  input.focus();
});
input.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('#compose').requestSubmit();
});
input.addEventListener('input', () => {
  room.typing(input.value.trim() !== '');
  fit_input();
});

// Presence -----------------------------------------------------------------------------------

const name_of = (member) => String(member.state?.name || member.user || 'Someone');

room.addEventListener('presence', ({ detail: members }) => {
  const sorted = members
    .map((member) => ({ name: name_of(member), self: member.client === client.id }))
    .sort((a, b) => b.self - a.self || a.name.localeCompare(b.name));
  $('#online').textContent = `${members.length} online`;
  $('#members').replaceChildren(
    ...sorted.map((member) => element('li', {}, avatar(member.name), element('span', {}, member.self ? `${member.name} (you)` : member.name))),
  );
});

// Typing -------------------------------------------------------------------------------------

const default_ttl_ms = 6_000;
const typing = new Map(); // client -> timer

function show_typing() {
  const names = [...typing.keys()].map((id) => {
    const member = room.members.find((one) => one.client === id);
    return member ? name_of(member) : 'Someone';
  });
  $('[data-testid=chat-typing]').textContent =
    names.length > 2 ? `${names.length} people are typing…`
    : names.length === 2 ? `${names[0]} and ${names[1]} are typing…`
    : names.length === 1 ? `${names[0]} is typing…`
    : '';
}

function stopped_typing(id) {
  clearTimeout(typing.get(id));
  if (typing.delete(id)) show_typing();
}

room.addEventListener('typing', ({ detail: { client: id, on, ttl_ms = default_ttl_ms } }) => {
  if (id === client.id) return;
  if (!on) return stopped_typing(id);
  clearTimeout(typing.get(id));
  typing.set(id, setTimeout(() => stopped_typing(id), ttl_ms));
  show_typing();
});

client.connect();
input.focus();
