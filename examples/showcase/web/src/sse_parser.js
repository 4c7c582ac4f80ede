// Server-Sent Events from a fetch() body: what EventSource does, for requests EventSource cannot make.

/** Feed it decoded text in any pieces; calls on_event({event, data, id}) for each complete event. */
export class SseParser {
  constructor(on_event) {
    this.on_event = on_event;
    this.rest = '';
    this.first = true;
    this.id = '';
    this.clear();
  }

  clear() {
    this.event = '';
    this.data = [];
  }

  feed(text) {
    if (this.first && text) {
      this.first = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    this.rest += text;
    // A CR at the very end may be half of a CRLF: it waits for the next piece.
    const lines = this.rest.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop();
    lines.forEach((line) => this.line(line));
  }

  line(line) {
    if (line === '') return this.dispatch();
    if (line.startsWith(':')) return;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.event = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
  }

  dispatch() {
    const { event, data } = this;
    this.clear();
    if (data.length) this.on_event({ event: event || 'message', data: data.join('\n'), id: this.id });
  }
}

/** Reads a response to its end. Rejects with AbortError when the request's signal fires. */
export async function read_events(response, on_event) {
  const parser = new SseParser(on_event);
  const reader = response.body.getReader();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parser.feed(decoder.decode(value, { stream: true }));
  }
}
