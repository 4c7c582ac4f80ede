// The message list of the chat: ordered by offset, what has none yet stays at the end.
import { element } from './dom.js';
import { colour_of } from './identity.js';
import { avatar } from './people.js';

const group_ms = 5 * 60_000;
const most_shown = 500;
const time_format = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

const offset_of = (item) => Number(item.dataset.offset);

export class MessageList {
  constructor(list) {
    this.list = list;
    this.pending = new Map(); // message id -> item
  }

  get empty() {
    return !this.list.firstElementChild;
  }

  clear() {
    this.list.replaceChildren(...this.pending.values());
  }

  /**
   * message: {id, author, name, text, at, offset, own}. A message of our own comes twice, as an answer and as an echo,
   * in either order; it is shown once.
   */
  add(message) {
    if (this.pending.has(message.id)) this.settle(message.id, message.offset);
    else if (!this.shows(message.offset)) this.place(this.render(message, message.offset ?? Infinity, 'sent'));
  }

  shows(offset) {
    for (let item = this.list.lastElementChild; item && offset_of(item) >= offset; item = item.previousElementSibling)
      if (offset_of(item) === offset) return true;
    return false;
  }

  add_pending(message) {
    const item = this.render(message, Infinity, 'pending');
    this.pending.set(message.id, item);
    this.place(item);
  }

  settle(id, offset) {
    const item = this.pending.get(id);
    if (!item) return;
    this.pending.delete(id);
    item.dataset.state = 'sent';
    item.dataset.offset = offset;
    item.querySelector('.delivery').textContent = '';
    this.place(item);
  }

  fail(id, reason, retry) {
    const item = this.pending.get(id);
    if (!item) return;
    item.dataset.state = 'failed';
    const again = element('button', { type: 'button', className: 'link' }, 'Try again');
    again.addEventListener('click', () => {
      this.pending.delete(id);
      item.remove();
      retry();
    });
    item.querySelector('.delivery').replaceChildren(`Not sent: ${reason} `, again);
  }

  render({ author, name, text, at, own }, offset, state) {
    const time = element('time', { dateTime: new Date(at).toISOString() }, time_format.format(at));
    const author_name = element('span', { className: 'author' }, name);
    author_name.style.setProperty('--person', colour_of(name));
    const item = element(
      'li',
      { className: own ? 'message own' : 'message' },
      avatar(name),
      element('p', { className: 'meta' }, author_name, ' ', time),
      element('p', { className: 'bubble' }, text),
      element('p', { className: 'delivery' }, state === 'pending' ? 'Sending' : ''),
    );
    Object.assign(item.dataset, { testid: 'message', offset, state, author: `${author}\n${name}`, at });
    return item;
  }

  place(item) {
    let next = null;
    // Pending messages are all at infinity, so they keep their order among themselves.
    for (let other = this.list.lastElementChild; other && offset_of(other) > offset_of(item); other = other.previousElementSibling)
      next = other;
    if (item.parentNode !== this.list || item.nextElementSibling !== next) this.list.insertBefore(item, next);
    while (this.list.childElementCount > most_shown) this.list.firstElementChild.remove();
    this.group(item);
    if (item.nextElementSibling) this.group(item.nextElementSibling);
  }

  /** Messages of one author in a row show the name once. */
  group(item) {
    const before = item.previousElementSibling;
    const same = before && before.dataset.author === item.dataset.author && item.dataset.at - before.dataset.at < group_ms;
    item.classList.toggle('continued', Boolean(same));
  }
}
