// Who this visitor is: a name, and a colour that follows from it on every screen.
import { random_id } from './random_id.js';

const adjectives = ['Amber', 'Brave', 'Calm', 'Clever', 'Gentle', 'Happy', 'Keen', 'Lively', 'Mellow', 'Quiet', 'Swift', 'Witty'];
const animals = ['Badger', 'Crane', 'Dolphin', 'Falcon', 'Fox', 'Heron', 'Koala', 'Lynx', 'Otter', 'Panda', 'Robin', 'Tiger'];
const places = ['atlas', 'canyon', 'delta', 'fjord', 'harbour', 'island', 'lagoon', 'meadow', 'orchard', 'prairie', 'summit', 'valley'];

// Dark enough for white text (4.5:1), bright enough as a caret on a dark page.
const colours = ['#b4413c', '#a8530f', '#866200', '#4d7a1f', '#19805a', '#0f7c86', '#2b72b8', '#5a63c8', '#8a52b8', '#b3417f'];

const name_key = 'unisono.name';
const author_key = 'unisono.author';

const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** A name for a new document that can be read out on the phone: `calm-harbour-k3f`. */
export const random_document = () =>
  `${pick(adjectives).toLowerCase()}-${pick(places)}-${random_id().replace(/[^a-f]/g, '').slice(0, 3)}`;

/**
 * A chosen name is kept in localStorage. A made-up one stays in the tab, so that two tabs of one
 * browser, the usual way to try this out, are two people.
 */
export function load_name() {
  const name = localStorage.getItem(name_key) ?? sessionStorage.getItem(name_key) ?? `${pick(adjectives)} ${pick(animals)}`;
  sessionStorage.setItem(name_key, name);
  return name;
}

export function save_name(name) {
  localStorage.setItem(name_key, name);
  sessionStorage.setItem(name_key, name);
}

/** Identifies the tab across reloads, so that its messages stay its own. */
export function author_id() {
  const id = sessionStorage.getItem(author_key) ?? random_id();
  sessionStorage.setItem(author_key, id);
  return id;
}

function hash_of(text) {
  let hash = 2166136261;
  for (const unit of text) hash = Math.imul(hash ^ unit.codePointAt(0), 16777619);
  return hash >>> 0;
}

export const colour_of = (name) => colours[hash_of(name) % colours.length];

/** What the eye sees of a colour. */
const visible = (colour) => parseInt(colour.slice(1), 16) & 0xf8f8f8;

/** The colour of the name, or the next one that is not taken, if any is left. */
export function free_colour(name, taken) {
  const in_use = new Set(taken.map(visible));
  const first = colours.indexOf(colour_of(name));
  return colours.slice(first).concat(colours.slice(0, first)).find((colour) => !in_use.has(visible(colour))) ?? colours[first];
}

/**
 * The same, but with lowest bits that differ by name and client: y-codemirror.next redraws a caret's name only when its
 * colour changes.
 */
export function caret_colour(name, client, taken) {
  const colour = visible(free_colour(name, taken)) | (hash_of(`${client} ${name}`) & 0x070707);
  return `#${colour.toString(16).padStart(6, '0')}`;
}

export function initials_of(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => Array.from(word)[0].toUpperCase()).join('') || '?';
}
