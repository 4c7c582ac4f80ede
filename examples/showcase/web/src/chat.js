import { create_presence } from '../../../web/presence.js';
import { create_client } from '../../../web/unisono.js';
import { show_connection } from './connection_status.js';
import { $, bind_name, path_name } from './dom.js';
import { author_id } from './identity.js';
import { MessageList } from './message_list.js';
import { name_of, show_people } from './people.js';
import { random_id } from './random_id.js';

const room_name = path_name('lobby');
document.title = `${room_name} · chat · unisono`;
$('#room-name').textContent = room_name;

const author = author_id();
let name = bind_name($('[data-testid=name-input]'), (changed) => {
  name = changed;
  presence.enter({ name });
});

const client = create_client('/ws', { name: 'showcase' });
const room = client.subscribe(`chat/${room_name}`, { last: 50, presence: true });
const presence = create_presence(room, { name });
const show_status = show_connection(client, room, $('[data-testid=chat-status]'), $('#chat-hint'));
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
  presence.typing(false);
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
  presence.typing(input.value.trim() !== '');
  fit_input();
});

// Who is here, who is typing -----------------------------------------------------------------

for (const event of ['change', 'typing'])
  presence.on(event, () => {
    show_members();
    show_typists(); // whose names change, too
  });

function show_typists() {
  const names = presence.typists.map(name_of);
  $('[data-testid=chat-typing]').textContent =
    names.length > 2 ? `${names.length} people are typing…`
    : names.length === 2 ? `${names[0]} and ${names[1]} are typing…`
    : names.length === 1 ? `${names[0]} is typing…`
    : '';
}

function show_members() {
  const typing = new Set(presence.typists.map((typist) => typist.client));
  const people = presence.members.map((member) => ({
    id: member.client,
    name: name_of(member),
    self: member.client === client.id,
    typing: typing.has(member.client),
  }));
  $('#online').textContent = `${people.length} online`;
  show_people($('#members'), people);
}

client.connect();
input.focus();
