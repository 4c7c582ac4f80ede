// The few DOM helpers the pages share.
import { load_name, save_name } from './identity.js';

export const $ = (selector) => document.querySelector(selector);

/** element('p', {className: 'note'}, 'text', child) */
export function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** The text is the bare state, tests and screen readers rely on it; the hint is for people. */
export function show_state(node, state, hint_node, hint = '') {
  if (node.textContent !== state) node.textContent = state;
  node.dataset.state = state;
  if (hint_node && hint_node.textContent !== hint) hint_node.textContent = hint;
}

/** Fills the name field and reports each accepted change. An empty name falls back to the old one. */
export function bind_name(input, on_change) {
  let name = load_name();
  input.value = name;
  input.addEventListener('input', () => {
    const entered = input.value.trim();
    if (!entered || entered === name) return;
    name = entered;
    save_name(name);
    on_change(name);
  });
  input.addEventListener('blur', () => (input.value = name));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') input.blur();
  });
  return name;
}

/** Copies a text; also on plain http, where navigator.clipboard is missing. */
export async function copy_text(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Permission refused: the old way below may still be allowed.
    }
  }
  const area = element('textarea', { value: text, className: 'visually-hidden' });
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  return copied;
}

export function bind_share(button) {
  const label = button.textContent;
  let timer = 0;
  button.addEventListener('click', async () => {
    button.textContent = (await copy_text(location.href)) ? 'Link copied' : 'Copy failed';
    clearTimeout(timer);
    timer = setTimeout(() => (button.textContent = label), 2000);
  });
}

/** The last part of the path: `/editor/a%20b` -> `a b`. */
export function path_name(fallback) {
  const part = location.pathname.split('/')[2];
  try {
    return decodeURIComponent(part || '') || fallback;
  } catch {
    return part;
  }
}

export const websocket_url = (path) => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`;
