const MAX_NAME = 253;
const LABEL = /^[\x21-\x7e]{1,63}$/;

/** The name that a datagram asks for where it is a DNS query with one question (RFC 1035 §4.1), else null. */
export function queriedName(datagram: Buffer): string | null {
  if (datagram.length < 17) return null;
  const isQuery = ((datagram[2] ?? 0) & 0xf8) === 0;
  if (!isQuery || datagram.readUInt16BE(4) !== 1 || datagram.readUInt16BE(6) !== 0) return null;
  const labels: string[] = [];
  let at = 12;
  for (let length = datagram[at] ?? 0; length > 0; length = datagram[at] ?? 0) {
    const label = datagram.subarray(at + 1, at + 1 + length).toString('latin1');
    if (length > 63 || label.length < length || !LABEL.test(label)) return null;
    labels.push(label);
    at += 1 + length;
  }
  const name = labels.join('.');
  return labels.length > 0 && name.length <= MAX_NAME && at < datagram.length ? name.toLowerCase() : null;
}
