/** A path into a JSON document as a linked list: children share their parents' memory, text is made only for findings. */
export type JsonPath = { parent: JsonPath | null; token: string } | null;

/** One token in RFC 6901 §3 form. */
export function escapePointerToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The path as a JSON pointer (RFC 6901); '' for the whole document. */
export function pointerOf(path: JsonPath): string {
  const tokens: string[] = [];
  for (let node = path; node !== null; node = node.parent) tokens.push(escapePointerToken(node.token));
  return tokens
    .reverse()
    .map((token) => `/${token}`)
    .join('');
}

/** The tokens of a JSON pointer, unescaped; [] for ''. */
export function pointerTokens(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}
