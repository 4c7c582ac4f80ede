// The streamed answer: POST, read events, draw them smoothly, stop on request.
import { $, show_state } from './dom.js';
import { read_events } from './sse_parser.js';

const answer = $('[data-testid=answer]');
const send_button = $('[data-testid=prompt-send]');
const stop_button = $('[data-testid=prompt-stop]');
const problem = $('#problem');
let request = null; // AbortController of the running request

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

async function ask(prompt) {
  request = new AbortController();
  answer.replaceChildren();
  problem.hidden = true;
  set_state('streaming');
  const text = new SmoothText(answer);
  const stats = new Stats();
  let finished = false;
  try {
    const response = await fetch('/chat/stream', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
      body: JSON.stringify({ prompt }),
      signal: request.signal,
    });
    if (!response.ok) return fail(`The server answered ${response.status}. Try again in a moment.`);
    await read_events(response, ({ event, data }) => {
      if (event === 'token') {
        stats.token();
        text.push(JSON.parse(data).text);
      } else if (event === 'done') finished = true;
    });
    text.flush();
    if (finished) set_state('done');
    else fail('The answer ended early.');
  } catch (error) {
    text.flush();
    if (error.name === 'AbortError') set_state('stopped');
    else fail('The connection was lost.');
  } finally {
    request = null;
  }
}

export function bind_answer() {
  set_state('idle');
  const prompt = $('[data-testid=prompt-input]');
  $('#prompt-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const question = prompt.value.trim();
    if (question && !request) ask(question);
  });
  prompt.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $('#prompt-form').requestSubmit();
  });
  stop_button.addEventListener('click', () => request?.abort());
}
