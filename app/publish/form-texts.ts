import { DomainError } from '#lib/http/domain-error.ts';

/**
 * A document that was pasted or chosen as a file. A file is taken as it is. Browsers send line feeds of a text area as
 * CRLF; they are put back, because a signature is over the bytes. Throws BAD_REQUEST when both are given.
 */
export async function formTexts(pasted: string, file: File | undefined, what: string): Promise<string> {
  const hasFile = file !== undefined && file.size > 0;
  if (hasFile && pasted.trim()) throw new DomainError('BAD_REQUEST', `Paste ${what} or choose its file, not both.`);
  return hasFile ? file.text() : pasted.replaceAll('\r\n', '\n');
}
