/** What a README says about the server that a package belongs to. `seen` is the name as written. */
export type NameToken =
  | { found: 'name' }
  /** In order of how near it comes: another case, the name with more behind it, another name, nothing. */
  | { found: 'case' | 'runs-on' | 'other'; seen: string }
  | { found: 'nothing' };

const TOKEN = 'mcp-name: ';
const NAME_CHARACTERS = /[A-Za-z0-9._/-]*/y;
/** Letters, marks and digits of any script, and characters that show nothing: to a person the name goes on. */
const GOES_ON = /[\p{L}\p{M}\p{N}\p{Cf}]/uy;
/** Written right before, they make another word of `mcp-name`; the end of `<!--` does not. */
const WORD_BEFORE = /[A-Za-z0-9_-]$/;
const NEARNESS = ['case', 'runs-on', 'other'] as const;

/**
 * Finds `mcp-name: <server name>` in a README, in this case and with exactly one space, as the official registry's
 * validators want it. The name has to end there: at the end of the text, at a character that no name has, or at the
 * `-->` of a comment. Runs in linear time.
 */
export function findNameToken(text: string, serverName: string): NameToken {
  const nearest: Partial<Record<(typeof NEARNESS)[number], string>> = {};
  for (let at = text.indexOf(TOKEN); at !== -1; at = text.indexOf(TOKEN, at + TOKEN.length)) {
    const before = text.slice(Math.max(0, at - 4), at);
    if (WORD_BEFORE.test(before) && before !== '<!--') continue;
    const { name, hasEnd } = readName(text, at + TOKEN.length);
    if (name === '') continue;
    if (name === serverName && hasEnd) return { found: 'name' };
    if (name.startsWith(serverName)) nearest['runs-on'] ??= name;
    else if (name.toLowerCase() === serverName.toLowerCase()) nearest.case ??= name;
    else nearest.other ??= name;
  }
  for (const found of NEARNESS) {
    const seen = nearest[found];
    if (seen !== undefined) return { found, seen };
  }
  return { found: 'nothing' };
}

function readName(text: string, start: number): { name: string; hasEnd: boolean } {
  NAME_CHARACTERS.lastIndex = start;
  const run = NAME_CHARACTERS.exec(text)?.[0] ?? '';
  const end = start + run.length;
  const closesComment = run.endsWith('--') && (text.startsWith('>', end) || text.startsWith('!>', end));
  if (closesComment) return { name: run.slice(0, -2), hasEnd: true };
  GOES_ON.lastIndex = end;
  return { name: run, hasEnd: !GOES_ON.test(text) };
}
