// The streamed answer: begun by a POST, watched by EventSource, drawn smoothly, stopped on request. It lives on the
// server: the address of the page names it, so a reload or a second window finds it again.
import { $, show_state } from './dom.js';

const answer = $('[data-testid=answer]');
const send_button = $('[data-testid=prompt-send]');
const stop_button = $('[data-testid=prompt-stop]');
const problem = $('#problem');
let current = null; // {id, source} of the running answer

const set_state = (state) => {
  show_state($('[data-testid=answer-state]'), state);
  send_button.disabled = state === 'streaming';
  stop_button.disabled = state !== 'streaming';
  // A screen reader announces the whole answer at the end, not every token.
  answer.setAttribute('aria-busy', String(state === 'streaming'));
};

/** Tokens come in bursts; a frame shows a share of what waits, so that text flows instead of jumping. */
class SmoothText {
  constructor(node) {
    this.node = node.appendChild(document.createTextNode(''));
    this.waiting = '';
    this.frame = 0;
  }

  push(text) {
    this.waiting += text;
    // No frames are drawn in a hidden tab.
    if (document.hidden) this.flush();
    else if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    const units = Array.from(this.waiting);
    const count = Math.ceil(units.length / 6);
    this.node.appendData(units.slice(0, count).join(''));
    this.waiting = units.slice(count).join('');
    if (this.waiting) this.push('');
  }

  flush() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.node.appendData(this.waiting);
    this.waiting = '';
  }
}

class Stats {
  constructor() {
    this.start = performance.now();
    this.first = 0;
    this.count = 0;
    $('#first-token').textContent = $('#speed').textContent = $('#tokens').textContent = '–';
  }

  token() {
    const now = performance.now();
    this.first ||= now;
    this.count++;
    $('#first-token').textContent = `${Math.round(this.first - this.start)} ms`;
    $('#tokens').textContent = String(this.count);
    const seconds = (now - this.first) / 1000;
    if (seconds > 0.2) $('#speed').textContent = `${Math.round((this.count - 1) / seconds)} / s`;
  }
}

function fail(message) {
  problem.textContent = answer.textContent ? `${message} What came is above.` : message;
  problem.hidden = false;
  set_state('error');
}

function leave() {
  current?.source.close();
  current = null;
}

/** Shows the answer from its beginning; EventSource resumes by itself when the connection breaks. */
function follow(id) {
  leave();
  answer.replaceChildren();
  problem.hidden = true;
  set_state('streaming');
  const text = new SmoothText(answer);
  const stats = new Stats();
  const source = new EventSource(`/answers/${encodeURIComponent(id)}`);
  current = { id, source };
  const end = (show) => {
    leave();
    text.flush();
    show();
  };
  source.addEventListener('token', ({ data }) => {
    stats.token();
    text.push(JSON.parse(data).text);
  });
  source.addEventListener('done', () => end(() => set_state('done')));
  source.addEventListener('stopped', () => end(() => set_state('stopped')));
  source.addEventListener('failed', () => end(() => fail('The answer ended early.')));
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) end(() => fail('The answer is no longer there.'));
  });
}

async function ask(prompt) {
  send_button.disabled = true;
  try {
    const response = await fetch('/answers', { method: 'POST', body: JSON.stringify({ prompt }) });
    if (!response.ok) return fail(`The server answered ${response.status}. Try again in a moment.`);
    const { id } = await response.json();
    history.replaceState(null, '', `#${id}`);
    follow(id);
  } catch {
    fail('The connection was lost.');
  }
}

const named_by_address = () => {
  const id = location.hash.slice(1);
  if (id && id !== current?.id) follow(id);
};

export function bind_answer() {
  set_state('idle');
  const prompt = $('[data-testid=prompt-input]');
  $('#prompt-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const question = prompt.value.trim();
    if (question && !current) ask(question);
  });
  prompt.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $('#prompt-form').requestSubmit();
  });
  stop_button.addEventListener('click', () => {
    if (current) fetch(`/answers/${encodeURIComponent(current.id)}`, { method: 'DELETE' }).catch(() => fail('The connection was lost.'));
  });
  addEventListener('hashchange', named_by_address);
  named_by_address();
}
