import { isAbsolute, normalize, resolve } from 'node:path';
import { queriedName } from './trace-dns.ts';
import { descriptorPath, LineReader, stringsOf, type TracedCall } from './trace-line.ts';

export type FileAccess = 'read' | 'write' | 'delete';
export type TracedFile = { path: string; access: FileAccess; isFound: boolean };

/** What a command did, from its system calls; failed tries are among it. */
export type SandboxTrace = {
  /** Outside of what belongs to the system, the package and the temporary folders. */
  files: TracedFile[];
  /** Programs with their arguments, the command's own first one left out. */
  commands: string[][];
  /** `address:port` outside of the sandbox. */
  addresses: string[];
  /** Names that were looked up. */
  names: string[];
  /** Whether there was more than is kept. */
  isCut: boolean;
};

/** What is kept of a trace; the rest is read and dropped. */
export const TRACE_LIMITS = {
  bytes: 48 * 1024 * 1024,
  line: 16_384,
  files: 400,
  commands: 50,
  addresses: 100,
  names: 100,
};

/** System calls that are logged. `?` lets processors be that do not have one. */
export const TRACED_CALLS =
  'execve,execveat,?open,openat,openat2,?creat,connect,sendto,sendmsg,sendmmsg,?unlink,unlinkat,?rename,?renameat,renameat2,truncate';

/** Folders that every program of this system reads: its programs, libraries, locales, devices and what it says of itself. */
const SYSTEM_PLACES = /^\/(?:usr|lib|lib32|lib64|libx32|bin|sbin|opt\/node|dev|sys)(?:\/|$)/;
const SYSTEM_FILES =
  /^\/etc\/(?:ld\.so\.|ssl(?:\/|$)|pki(?:\/|$)|alternatives\/|nsswitch\.conf$|resolv\.conf$|hosts$|host\.conf$|gai\.conf$|netsvc\.conf$|svc\.conf$|localtime$|timezone$|os-release$|locale|mime\.types$|services$|protocols$|inputrc$)/;
/** OpenSSL looks for its settings where it was built to look, which is in no system's folder for some packages. */
const OPENSSL_SETTINGS = /\/openssl\.cnf$/;
/** Of /proc, what is about other processes. */
const OTHER_PROCESS = /^\/proc\/\d+\/(?:environ|mem|maps|cmdline|root|cwd|fd)(?:\/|$)/;

/** Reads a log of strace while it arrives and keeps what says something about the command. */
export class TraceReader {
  readonly #ownPlaces: readonly string[];
  readonly #starter: readonly string[];
  readonly #lines = new LineReader();
  readonly #before = new Set<string>();
  readonly #files = new Map<string, TracedFile>();
  readonly #commands = new Map<string, string[]>();
  readonly #addresses = new Set<string>();
  readonly #names = new Set<string>();
  #rest = '';
  #bytes = 0;
  #isCut = false;
  #lastPid: string | null = null;
  #isStarted = false;

  /** `starter` are the first words of the last of our own steps, which starts the command; `ownPlaces` are folders that are the command's own. */
  constructor({ starter, ownPlaces }: { starter: readonly string[]; ownPlaces: readonly string[] }) {
    this.#starter = starter;
    this.#ownPlaces = ownPlaces;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > TRACE_LIMITS.bytes) {
      this.#isCut = true;
      return;
    }
    const lines = (this.#rest + chunk.toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > TRACE_LIMITS.line) this.#rest = '';
    for (const line of lines) {
      if (line.length > TRACE_LIMITS.line) continue;
      const call = this.#lines.read(line);
      if (call) this.#call(call);
    }
  }

  /** Null where the command itself was never seen to start. */
  result(): SandboxTrace | null {
    if (!this.#isStarted) return null;
    return {
      files: [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
      commands: [...this.#commands.values()],
      addresses: [...this.#addresses].sort(),
      names: [...this.#names].sort(),
      isCut: this.#isCut,
    };
  }

  #call(call: TracedCall): void {
    if (!this.#isStarted) this.#ownStep(call);
    else if (this.#before.has(call.pid)) return;
    else if (call.name.startsWith('exec')) this.#execute(call);
    else if (call.name === 'connect') this.#connect(call);
    else if (call.name.startsWith('send')) this.#send(call);
    else this.#touch(call);
  }

  /** Before the command runs: bubblewrap, setpriv, the shell that sets the limits, and env, which starts it. */
  #ownStep({ pid, name, args, result }: TracedCall): void {
    this.#before.add(pid);
    if (name !== 'execve' || !result.startsWith('0')) return;
    if (this.#lastPid === pid) {
      this.#isStarted = true;
      this.#before.delete(pid);
      return;
    }
    const [, ...words] = stringsOf(args).map(String);
    if (this.#starter.every((word, index) => words[index] === word)) this.#lastPid = pid;
  }

  #execute({ args, result }: TracedCall): void {
    const [, ...words] = stringsOf(args.slice(0, args.lastIndexOf('], ') + 1 || args.length)).map(String);
    if (words.length === 0) return;
    const key = JSON.stringify(words);
    if (
      this.#commands.has(key) ||
      (!result.startsWith('0') && !result.includes('ENOENT') && !result.includes('EACCES'))
    )
      return;
    if (this.#commands.size >= TRACE_LIMITS.commands) this.#isCut = true;
    else this.#commands.set(key, words);
  }

  #connect({ args }: TracedCall): void {
    const port = /sin6?_port=htons\((\d+)\)/.exec(args)?.[1];
    const address = /inet_addr\("([0-9.]{7,15})"\)|inet_pton\(AF_INET6, "([0-9a-f:.]{2,45})"/.exec(args);
    const [, four, six] = address ?? [];
    // Port 0 is how a program asks which of its own addresses it would use; there is nothing to reach.
    if (port === undefined || port === '0' || !address) return;
    if (four?.startsWith('127.') || six === '::1' || six === '::') return;
    if (this.#addresses.size >= TRACE_LIMITS.addresses) this.#isCut = true;
    else this.#addresses.add(six === undefined ? `${four}:${port}` : `[${six}]:${port}`);
  }

  #send({ args }: TracedCall): void {
    for (const bytes of stringsOf(args)) {
      const name = queriedName(bytes);
      if (name === null) continue;
      if (this.#names.size >= TRACE_LIMITS.names) this.#isCut = true;
      else this.#names.add(name);
    }
  }

  #touch({ name, args, result }: TracedCall): void {
    const isFound = !result.startsWith('-1');
    const requested = stringsOf(args)[0]?.toString();
    if (requested === undefined) return;
    const isOpening = /^(?:open|creat)/.test(name);
    // A folder that is only listed says nothing that its files do not say.
    if (isOpening && args.includes('O_DIRECTORY')) return;
    const base = descriptorPath(args) ?? '/tmp';
    const asked = isAbsolute(requested) ? normalize(requested) : resolve(base, requested);
    // Where a link leads is what counts, but /proc/self is nobody else's.
    const path = (isOpening && !asked.startsWith('/proc/') && isFound ? descriptorPath(result) : null) ?? asked;
    if (this.#isOwn(path)) return;
    const access = isOpening
      ? /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(args) || name === 'creat'
        ? 'write'
        : 'read'
      : name.startsWith('unlink')
        ? 'delete'
        : 'write';
    this.#add({ path, access, isFound });
  }

  #add(file: TracedFile): void {
    const key = `${file.access} ${file.path}`;
    const known = this.#files.get(key);
    if (known) {
      known.isFound ||= file.isFound;
      return;
    }
    if (this.#files.size >= TRACE_LIMITS.files) this.#isCut = true;
    else this.#files.set(key, file);
  }

  #isOwn(path: string): boolean {
    if (SYSTEM_PLACES.test(path) || SYSTEM_FILES.test(path) || OPENSSL_SETTINGS.test(path)) return true;
    if (path.startsWith('/proc/')) return !OTHER_PROCESS.test(path);
    return this.#ownPlaces.some((place) => path === place || path.startsWith(`${place}/`));
  }
}
