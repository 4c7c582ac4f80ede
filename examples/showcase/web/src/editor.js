import { defaultKeymap } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { EditorView, drawSelection, keymap, placeholder } from '@codemirror/view';
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { $, bind_name, bind_share, path_name, show_state, websocket_url } from './dom.js';
import { caret_colour, random_document } from './identity.js';
import { show_people } from './people.js';

const name = path_name('welcome');
document.title = `${name} · unisono`;
$('#document-name').textContent = name;
$('#new-document').href = `/editor/${random_document()}`;
bind_share($('[data-testid=share-link]'));

const doc = new Y.Doc();
const text = doc.getText('content');
const provider = new WebsocketProvider(websocket_url('/yjs'), encodeURIComponent(name), doc);
const { awareness } = provider;
window.unisono = { doc, provider, text };

// Who we are ---------------------------------------------------------------------------------

function introduce(user_name) {
  // Of two people with one colour, the one with the higher client id gives way.
  const taken = [...awareness.getStates()].filter(([id, { user }]) => user?.color && id < doc.clientID);
  const color = caret_colour(user_name, doc.clientID, taken.map(([, { user }]) => String(user.color)));
  const known = awareness.getLocalState().user;
  if (known?.name !== user_name || known.color !== color)
    awareness.setLocalStateField('user', { name: user_name, color, colorLight: `${color}33` });
}
introduce(bind_name($('[data-testid=name-input]'), introduce));

// Who is here --------------------------------------------------------------------------------

const people = $('[data-testid=editor-people]');
const return_ms = 2_000; // a page that loads again says goodbye, and comes back with another id and the same name
let shown = [];
let online = false;

const show_tip = () => ($('#alone').hidden = !online || people.childElementCount > 1);

function show_present() {
  introduce(awareness.getLocalState().user.name);
  const present = [...awareness.getStates()]
    .filter(([, state]) => state.user)
    .map(([id, { user }]) => ({ id, name: String(user.name), colour: String(user.color), self: id === doc.clientID }));
  const is_here = ({ id, name }) => present.some((other) => other.id === id || other.name === name);
  const now = performance.now();
  for (const person of shown) {
    if (person.until || is_here(person)) continue;
    person.until = now + return_ms;
    setTimeout(show_present, return_ms + 50);
  }
  shown = [...present, ...shown.filter((person) => person.until > now && !is_here(person))];
  show_people(people, shown);
  show_tip();
}
awareness.on('change', show_present);

// Connection ---------------------------------------------------------------------------------

const status = $('[data-testid=editor-status]');
let refused = '';

function show_status(state) {
  const hints = {
    connecting: 'opening the document',
    connected: provider.synced ? 'everything in sync' : 'fetching the latest text',
    offline: refused || 'edits are kept and sent when the connection is back',
  };
  show_state(status, state, $('#editor-hint'), hints[state]);
  online = state === 'connected';
  show_tip();
}

provider.on('status', (event) => {
  if (event.status === 'connected') {
    refused = '';
    show_status('connected');
  }
});
provider.on('sync', () => provider.wsconnected && show_status('connected'));
// From the first failure on, the attempts in the background are no news: it stays "offline" until one succeeds.
provider.on('connection-close', () => show_status('offline'));
provider.on('closed', ({ reason }) => {
  refused = reason || 'the server has closed this document';
  show_status('offline');
});
window.addEventListener('online', () => provider.shouldConnect && provider.connect());
show_status('connecting');
show_present();

// The text -----------------------------------------------------------------------------------

const theme = EditorView.theme({
  '&': { color: 'var(--ink)', fontSize: '1.0625rem' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'inherit', lineHeight: '1.75', overflow: 'visible' },
  '.cm-content': { padding: '0', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0' },
  '.cm-cursor': { borderLeft: '2px solid var(--accent)' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--accent-soft)',
  },
  '.cm-ySelectionCaret': { borderLeftWidth: '2px', borderRightWidth: '0', marginRight: '-1px' },
  '.cm-ySelectionCaretDot': { display: 'none' },
  '.cm-ySelectionInfo': {
    opacity: '1',
    top: '-1.15em',
    left: '-2px',
    padding: '.1em .45em',
    borderRadius: '.4em .4em .4em 0',
    font: '600 .6875rem/1.35 var(--sans)',
    pointerEvents: 'none',
  },
});

const undo_manager = new Y.UndoManager(text);
const view = new EditorView({
  parent: $('#sheet'),
  state: EditorState.create({
    doc: text.toString(),
    extensions: [
      keymap.of([...yUndoManagerKeymap, ...defaultKeymap]),
      drawSelection(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': 'Document text', autocapitalize: 'sentences', spellcheck: 'true' }),
      placeholder('Start writing. Whoever has the link writes with you.'),
      yCollab(text, awareness, { undoManager: undo_manager }),
      theme,
    ],
  }),
});
view.focus();
// The margin of the sheet belongs to the text: a click there should not be lost.
$('#sheet').addEventListener('mousedown', (event) => {
  if (event.target.id !== 'sheet') return;
  event.preventDefault();
  view.focus();
});

const show_length = () => {
  $('#length').textContent = `${text.length.toLocaleString('en')} character${text.length === 1 ? '' : 's'}`;
};
text.observe(show_length);
