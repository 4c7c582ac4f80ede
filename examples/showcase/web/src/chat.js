import { create_client } from '../../../web/unisono.js';
import { show_connection } from './chat_status.js';
import { $, avatar, bind_name, element, path_name } from './dom.js';
import { author_id } from './identity.js';
import { MessageList } from './message_list.js';
import { random_id } from './random_id.js';

const room_name = path_name('lobby');
document.title = `${room_name} · chat · unisono`;
$('#room-name').textContent = room_name;

const author = author_id();
let name = bind_name($('[data-testid=name-input]'), (changed) => {
  name = changed;
  room.enter({ name });
});

const client = create_client('/ws', { name: 'showcase' });
const room = client.subscribe(`chat/${room_name}`, { last: 50, presence: true });
room.enter({ name });
const show_status = show_connection(client, room);
window.unisono = { client };

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

room.on('state', ({ state, recovered }) => {
  if (state === 'unsubscribed') $('#empty').textContent = 'This room is closed.';
  if (state !== 'subscribed') return;
  $('#empty').textContent = 'No messages yet. Say hello.';
  if (!recovered) change_list(() => messages.clear(), { follow: true }); // the latest follow
});

room.on('message', (message) => change_list(() => messages.add(message_of(message))));

const why_not_sent = {
  timeout: 'the server could not be reached.',
  disconnected: 'the connection has ended.',
  overflow: 'too many messages wait already.',
};

async function send(text) {
  const id = random_id();
  const at = Date.now();
  change_list(() => messages.add_pending({ id, author, name, text, at, own: true }), { follow: true });
  try {
    const sent = room.publish({ text, name, author, id }, { idempotency_key: id });
    show_status();
    const { offset } = await sent;
    messages.settle(id, offset);
  } catch (error) {
    messages.fail(id, why_not_sent[error.name] ?? error.message, () => send(text));
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

room.on('presence', (members) => {
  const sorted = members
    .map((member) => ({ name: name_of(member), self: member.client === client.id }))
    .sort((a, b) => b.self - a.self || a.name.localeCompare(b.name));
  $('#online').textContent = `${members.length} online`;
  $('#members').replaceChildren(
    ...sorted.map((member) => element('li', {}, avatar(member.name), element('span', {}, member.self ? `${member.name} (you)` : member.name))),
  );
});

// Typing -------------------------------------------------------------------------------------

const typing = new Set(); // clients

function show_typing() {
  const names = [...typing].map((id) => {
    const member = room.members.find((one) => one.client === id);
    return member ? name_of(member) : 'Someone';
  });
  $('[data-testid=chat-typing]').textContent =
    names.length > 2 ? `${names.length} people are typing…`
    : names.length === 2 ? `${names[0]} and ${names[1]} are typing…`
    : names.length === 1 ? `${names[0]} is typing…`
    : '';
}

room.on('typing', ({ client: id, on }) => {
  if (on) typing.add(id);
  else typing.delete(id);
  show_typing();
});
// Who stopped meanwhile is not told to those who were away.
room.on('state', () => {
  typing.clear();
  show_typing();
});

client.connect();
input.focus();
