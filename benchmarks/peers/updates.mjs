// Updates behind each other in a file, each with its length as lib0 writes it.

export function joined (updates) {
  const parts = []
  for (const update of updates) {
    const head = []
    let n = update.length
    for (; n >= 0x80; n = Math.floor(n / 0x80)) head.push(n % 0x80 | 0x80)
    parts.push(Buffer.from([...head, n]), update)
  }
  return Buffer.concat(parts)
}

export function split (bytes) {
  const updates = []
  for (let at = 0; at < bytes.length;) {
    let length = 0
    for (let unit = 1, byte = 0x80; byte >= 0x80; unit *= 0x80) {
      byte = bytes[at++]
      length += byte % 0x80 * unit
    }
    updates.push(new Uint8Array(bytes.subarray(at, at += length)))
  }
  return updates
}
