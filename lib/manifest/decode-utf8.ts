import type { IssueReport } from './issue-report.ts';

/** The text of UTF-8 bytes, or null after reporting a byte order mark or the place of the first invalid byte. */
export function decodeUtf8(bytes: Uint8Array, report: IssueReport): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    report.add('json-byte-order-mark', [], 'Line 1, column 1: the document starts with a byte order mark');
    return null;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const before = decodePrefix(bytes, validPrefixLength(bytes));
    const lines = (before ?? '').split(/\r\n|\r|\n/);
    const column = lines.at(-1)!.length + 1;
    report.add('json-invalid-utf8', [], `Line ${lines.length}, column ${column}: the bytes there are not UTF-8`);
    return null;
  }
}

/** Length of the longest prefix that is not invalid yet; a sequence cut off at its end still counts as valid. */
function validPrefixLength(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length + 1;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (decodePrefix(bytes, middle) === null) invalid = middle;
    else valid = middle;
  }
  return valid;
}

function decodePrefix(bytes: Uint8Array, length: number): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length), {
      stream: true,
    });
  } catch {
    return null;
  }
}
