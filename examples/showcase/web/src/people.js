// How people are shown, on every page: an avatar, and the list of who is here.
import { element } from './dom.js';
import { colour_of, initials_of } from './identity.js';

export function avatar(name, colour = colour_of(name)) {
  const node = element('span', { className: 'avatar' });
  node.setAttribute('aria-hidden', 'true');
  show_avatar(node, name, colour);
  return node;
}

function show_avatar(node, name, colour) {
  node.title = name;
  node.style.backgroundColor = colour;
  const initials = initials_of(name);
  if (node.textContent !== initials) node.textContent = initials;
}

function make_item(id) {
  const item = element('li', {}, avatar(''), element('span', { className: 'who' }));
  Object.assign(item.dataset, { id, testid: 'person' });
  return item;
}

function show_item(item, { name, colour = colour_of(name), self, typing = false }) {
  const [face, who] = item.children;
  show_avatar(face, name, colour);
  const text = self ? `${name} (you)` : name;
  if (who.textContent !== text) who.textContent = text;
  item.classList.toggle('is-typing', typing);
}

const by_name = (a, b) => (b.self === true) - (a.self === true) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1);

/**
 * Shows people as the items of `list`, oneself first: [{id, name, colour?, self?, typing?}]. Whoever stays keeps their
 * item, so that nothing flickers.
 */
export function show_people(list, people) {
  const gone = new Map([...list.children].map((item) => [item.dataset.id, item]));
  for (const { id } of people) gone.delete(String(id));
  gone.forEach((item) => item.remove());
  const items = new Map([...list.children].map((item) => [item.dataset.id, item]));
  [...people].sort(by_name).forEach((person, index) => {
    const item = items.get(String(person.id)) ?? make_item(person.id);
    show_item(item, person);
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
}

export const nameless = 'Someone';

/** What a member of a room says about themselves, made fit to show: anybody can say anything. */
export const name_of = ({ state, user, client }) => String(state?.name || (user !== client && user) || nameless).slice(0, 40);
