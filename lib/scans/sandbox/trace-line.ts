/** One system call of a log of strace (strace(1), `-f -y`): its arguments as strace writes them, and what it returned. */
export type TracedCall = { pid: string; name: string; args: string; result: string };

const CALL = /^(\d+) +([a-z0-9_]+)\((.*)\) += (.+)$/s;
const UNFINISHED = /^(\d+) +([a-z0-9_]+)\((.*?) *<unfinished \.\.\.>$/s;
const RESUMED = /^(\d+) +<\.\.\. ([a-z0-9_]+) resumed>(.*)$/s;
/** Calls of threads that were interrupted and whose rest has not come. */
const MAX_OPEN = 512;

/** Puts the two halves of interrupted calls together; null for lines that are no whole call. */
export class LineReader {
  readonly #open = new Map<string, string>();

  read(line: string): TracedCall | null {
    const begun = UNFINISHED.exec(line);
    if (begun) {
      const [, pid = '', name = '', args = ''] = begun;
      if (this.#open.size < MAX_OPEN) this.#open.set(`${pid} ${name}`, args);
      return null;
    }
    const resumed = RESUMED.exec(line);
    if (resumed) {
      const [, pid = '', name = '', rest = ''] = resumed;
      const key = `${pid} ${name}`;
      const args = this.#open.get(key);
      this.#open.delete(key);
      return args === undefined ? null : callOf(`${pid} ${name}(${args}${rest}`);
    }
    return callOf(line);
  }
}

function callOf(line: string): TracedCall | null {
  const found = CALL.exec(line);
  if (!found) return null;
  const [, pid = '', name = '', args = '', result = ''] = found;
  return { pid, name, args, result };
}

const ESCAPES: Record<string, number> = { n: 10, t: 9, r: 13, v: 11, f: 12, a: 7, b: 8, e: 27, '"': 34, '\\': 92 };

/** The strings in quotation marks of an argument list, as bytes. */
export function stringsOf(args: string): Buffer[] {
  return [...args.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, text = '']) => unescaped(text));
}

/** What strace writes for bytes that are not printable: C escapes and one to three octal digits. */
export function unescaped(text: string): Buffer {
  const parts: Buffer[] = [];
  let end = 0;
  for (const found of text.matchAll(/\\(?:([0-7]{1,3})|(.))/gs)) {
    const [whole, octal, letter = ''] = found;
    const code = octal === undefined ? (ESCAPES[letter] ?? letter.charCodeAt(0)) : Number.parseInt(octal, 8);
    parts.push(Buffer.from(text.slice(end, found.index)), Buffer.from([code & 0xff]));
    end = found.index + whole.length;
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(end))]);
}

/** The path of the file descriptor that a call returned or works on, as `-y` writes it: `3</etc/hosts>`; null without one. */
export function descriptorPath(text: string): string | null {
  const inside = /^(?:\d+|AT_FDCWD)<((?:[^<>\\]|\\.)*)>/s.exec(text)?.[1];
  return inside?.startsWith('/') ? unescaped(inside).toString() : null;
}
