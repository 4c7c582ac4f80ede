// Event streams taken apart strictly: anything a client would have to be lenient about is an error.
import assert from 'node:assert/strict';

/** The body of a chunked response and whether its last chunk has come. */
export function dechunk(bytes) {
  const body = [];
  for (let at = 0; ;) {
    const line_end = bytes.indexOf('\r\n', at);
    if (line_end < 0) return { body: Buffer.concat(body), ended: false };
    const size_text = bytes.subarray(at, line_end).toString('latin1');
    assert.match(size_text, /^[0-9a-f]+$/i, 'a chunk size');
    const begin = line_end + 2;
    const end = begin + parseInt(size_text, 16);
    if (bytes.length < end + 2) return { body: Buffer.concat(body), ended: false };
    assert.equal(bytes.subarray(end, end + 2).toString('latin1'), '\r\n', 'the end of a chunk');
    if (begin === end) {
      assert.equal(bytes.length, end + 2, 'nothing behind the last chunk');
      return { body: Buffer.concat(body), ended: true };
    }
    body.push(bytes.subarray(begin, end));
    at = end + 2;
  }
}

/** The blocks of a stream: [{event, id, retry, data, comment}]; what follows the last empty line must be nothing. */
export function parse_events(bytes) {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  if (text === '') return [];
  assert.ok(text.endsWith('\n\n'), 'a stream ends with a complete block');
  return text
    .slice(0, -2)
    .split('\n\n')
    .map((block) => {
      const found = {};
      for (const line of block.split('\n')) {
        const [, field, value] = /^(|event|data|id|retry)(?:: ?|$)([^\r\n\0]*)$/.exec(line) ?? assert.fail(`not a field: ${JSON.stringify(line)}`);
        const name = field || 'comment';
        found[name] = name === 'data' && name in found ? `${found[name]}\n${value}` : value;
      }
      return found;
    });
}
