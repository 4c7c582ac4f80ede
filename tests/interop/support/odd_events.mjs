// Events made to confuse: line ends of every kind, field names, marks, and ids that come and go.

const pieces = ['\n', '\r', '\r\n', '\n\n', 'data:', 'data: forged', 'event: forged', 'id: 9', 'retry: 1', ':', ' ', '', 'a', 'é', '世', '😀', '\uFEFF', '\t', '\u2028', '\u0085', '"', '\\'];

/** `count` events of type "odd", and what a client must see of them: the data, with CR and CRLF as
 * LF, the id that holds now, and the one that came with the event. */
export function odd_events(random, count) {
  const text = () => Array.from({ length: random.below(8) }, () => random.pick(pieces)).join('');
  const one_line = () => text().replace(/[\r\n]/g, '-');
  let id = '';
  const events = [];
  const expected = [];
  for (let i = 0; i < count; i++) {
    const event = { event: 'odd', data: text() };
    if (random.chance(0.3)) event.id = id = one_line();
    if (random.chance(0.2)) event.comment = text();
    events.push(event);
    expected.push({ data: event.data.replace(/\r\n?/g, '\n'), id, own_id: event.id ?? '' });
  }
  return { events, expected };
}
