import { create_presence } from '../../../web/presence.js';
import { create_client } from '../../../web/unisono.js';
import { show_connection } from './connection_status.js';
import { CursorStage, whole } from './cursor_stage.js';
import { $, bind_name, bind_share, path_name } from './dom.js';
import { colour_of, free_colour } from './identity.js';
import { name_of, nameless, show_people } from './people.js';

const room_name = path_name('lobby');
document.title = `${room_name} · cursors · unisono`;
$('#room-name').textContent = room_name;
bind_share($('[data-testid=share-link]'));

const client = create_client('/ws', { name: 'showcase' });
const room = client.subscribe(`cursors/${room_name}`, { presence: true });
const presence = create_presence(room);
show_connection(client, room, $('[data-testid=cursors-status]'), $('#cursors-hint'));
window.unisono = { client, presence };

// Who we are ---------------------------------------------------------------------------------

const me = { name: '', colour: '', self: true };

const colour_in = ({ state }, name) => (/^#[0-9a-f]{6}$/.test(state?.colour) ? state.colour : colour_of(name));

/** Of two people with one colour, the one who came later gives way. */
function introduce(name) {
  const own = presence.members.find((member) => member.client === client.id);
  const earlier = presence.members.filter((member) => own && (member.at < own.at || (member.at === own.at && member.client < own.client)));
  const colour = free_colour(name, earlier.map((member) => colour_in(member, name_of(member))));
  if (me.name === name && me.colour === colour) return;
  Object.assign(me, { name, colour });
  presence.enter({ name, colour });
  stage.name('me', me);
}

// Who is here --------------------------------------------------------------------------------

const stage = new CursorStage($('#stage'));

const person_of = (member) => {
  const name = name_of(member);
  return { id: member.client, name, colour: colour_in(member, name), self: member.client === client.id };
};
const person = (id) => person_of(presence.members.find((member) => member.client === id) ?? { client: id });

presence.on('change', (members) => {
  introduce(me.name);
  const people = members.map(person_of);
  show_people($('[data-testid=people]'), people);
  for (const one of people) {
    stage.name(one.id, one);
    if (one.name !== nameless && newcomers.delete(one.id)) tell(`${one.name} came`);
  }
  $('#alone').hidden = people.length > 1;
});

let silence = 0;
function tell(text) {
  $('#news').textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => ($('#news').textContent = ''), 3_000);
}
// Who comes says a moment later who they are.
const newcomers = new Set();
presence.on('join', (member) => member.first && member.client !== client.id && newcomers.add(member.client));
presence.on('leave', (member) => newcomers.delete(member.client) || (member.last && tell(`${name_of(member)} left`)));

// Cursors and ripples ------------------------------------------------------------------------

const is_place = (value) => Array.isArray(value) && value.length === 2 && value.every((number) => number >= 0 && number <= whole);

presence.on('cursor', ({ client: id, place }) => {
  if (is_place(place)) stage.move(id, place, person(id));
  else stage.remove(id);
});
room.on('message', ({ data, from }) => {
  if (from && is_place(data?.ripple)) stage.ripple(data.ripple, person(from.client).colour);
});

let place = [whole / 2, whole / 2];

function point(to) {
  place = to.map((number) => Math.round(Math.min(whole, Math.max(0, number))));
  presence.point(place);
  stage.move('me', place, me);
}

function ripple() {
  stage.ripple(place, me.colour);
  room.publish({ ripple: place }, { ephemeral: true, exclude_self: true }).catch(() => {});
}

function hide() {
  presence.point(null);
  stage.remove('me');
}

const surface = $('#stage');

function place_of({ clientX, clientY }) {
  const { left, top, width, height } = surface.getBoundingClientRect();
  return [((clientX - left) / width) * whole, ((clientY - top) / height) * whole];
}

surface.addEventListener('pointermove', (event) => point(place_of(event)));
surface.addEventListener('pointerdown', (event) => {
  point(place_of(event));
  ripple();
});
// A finger that is lifted has pointed; a mouse that goes elsewhere points there.
surface.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && hide());

const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

surface.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const step = steps[event.key];
  if (!step && event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  const size = event.shiftKey ? 600 : 150;
  point(step ? place.map((number, axis) => number + step[axis] * size) : place);
  if (!step) ripple();
});
surface.addEventListener('blur', hide);

introduce(bind_name($('[data-testid=name-input]'), introduce));
client.connect();
