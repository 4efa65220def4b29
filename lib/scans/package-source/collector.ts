import { kindOf } from '#scanners/package-code/file-kinds.ts';
import { CODE_LIMITS } from '#scanners/package-code/limits.ts';
import type { NotRead, PackageFile } from '#scanners/package-code/types.ts';

/** Programs that are not text: what they do cannot be read. */
const NATIVE = /\.(?:node|so|dylib|dll|exe|pyd|wasm|jar|bin|pyc|asar|jsc)$/i;
/** Packages inside the package are somebody else's, and are judged as theirs. */
const OTHERS = /(?:^|\/)(?:node_modules|site-packages|\.git|\.hg|\.venv|venv|__pycache__)\//;

/** Takes the files that a scan reads, within its limits, and keeps account of those it leaves. */
export class Collector {
  readonly files: PackageFile[] = [];
  readonly #left = new Map<string, { count: number; first: string }>();
  readonly #seen = new Set<string>();
  #bytes = 0;

  /** Whether the content of a file is wanted. `path` is relative, with forward slashes. */
  wants(path: string, size: number): boolean {
    if (OTHERS.test(path)) return this.#leave(path, 'belongs to another package');
    if (NATIVE.test(path)) return this.#leave(path, 'is a program that is no text');
    if (kindOf(path) === null && path !== 'package.json' && !isMaybeScript(path)) return false;
    if (this.#seen.has(path)) return this.#leave(path, 'stands twice in the archive; the first is read');
    if (size > CODE_LIMITS.fileBytes) return this.#leave(path, `is larger than ${CODE_LIMITS.fileBytes / 1048576} MiB`);
    if (this.files.length >= CODE_LIMITS.files) return this.#leave(path, `comes after ${CODE_LIMITS.files} others`);
    if (this.#bytes + size > CODE_LIMITS.bytes)
      return this.#leave(path, `comes after ${CODE_LIMITS.bytes / 1048576} MiB of others`);
    return true;
  }

  add(path: string, content: Buffer): void {
    const text = textOf(content);
    if (text === null) {
      this.#leave(path, 'is not text');
      return;
    }
    if (isMaybeScript(path) && kindOf(path) === null) {
      // Executables without an ending say by their first line what they are.
      const language = /^#!.{0,80}\b(node|python)/.exec(text)?.[1];
      if (language === undefined) return;
      this.#take(`${path}${language === 'node' ? '.js' : '.py'}`, text, content.length);
      return;
    }
    this.#take(path, text, content.length);
  }

  #take(path: string, text: string, bytes: number): void {
    this.#seen.add(path);
    this.#bytes += bytes;
    this.files.push({ path, text });
  }

  #leave(path: string, reason: string): false {
    this.refuse(path, reason);
    return false;
  }

  /** Leaves a file for a reason, a verb phrase: `leads out of the package`. */
  refuse(path: string, reason: string): void {
    const known = this.#left.get(reason);
    if (known === undefined) this.#left.set(reason, { count: 1, first: path });
    else known.count++;
  }

  get notRead(): NotRead[] {
    return [...this.#left].map(([reason, { count, first }]) => ({
      path: first,
      reason:
        count === 1
          ? `It ${reason}.`
          : `It ${reason}, and so do ${count - 1} more.`.replace(
              'belongs to another package, and so do',
              'belongs to another package, as do',
            ),
    }));
  }
}

/** Files without an ending in the places where executables stand. */
const isMaybeScript = (path: string): boolean => /(?:^|\/)(?:bin|scripts|cli)\/[\w-]+$|^[\w-]+$/.test(path);

/** Text in UTF-8 (or UTF-16 with its mark); bytes that are no UTF-8 become replacement characters. Null for binary data. */
function textOf(content: Buffer): string | null {
  if (content[0] === 0xff && content[1] === 0xfe) return new TextDecoder('utf-16le').decode(content);
  if (content[0] === 0xfe && content[1] === 0xff) return new TextDecoder('utf-16be').decode(content);
  if (content.subarray(0, 8_000).includes(0)) return null;
  return new TextDecoder('utf-8').decode(content);
}
