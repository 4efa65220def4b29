import { type ChildProcess, spawn } from 'node:child_process';
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { MAX_MESSAGE_BYTES, type Upstream } from './upstream.ts';

const MAX_STDERR_LINE = 64 * 1024;

/** How long a server may take to end by itself after its input was closed, and then after SIGTERM. */
const PATIENCE_MS = 2000;

/**
 * The real server as a child process, one JSON-RPC message a line (MCP 2025-11-25, stdio transport).
 * Not the SDK's own client transport, for two reasons: that one hands five more variables of our environment to the
 * server, and ends only the direct child, which for `npx …` is not the server.
 */
export class ChildServer implements Upstream {
  onmessage: (message: JSONRPCMessage) => void = () => {};
  /** A line that is no message; the session goes on. */
  ongarbage: (error: Error) => void = () => {};
  onstderr: (line: string) => void = () => {};
  /** Once, however the process ended. */
  onclose: (description: string) => void = () => {};

  readonly #command: [string, ...string[]];
  readonly #env: Record<string, string>;
  readonly #buffer = new ReadBuffer({ maxBufferSize: MAX_MESSAGE_BYTES });
  #stderrRest = '';
  #child: ChildProcess | null = null;
  #isClosed = false;

  constructor({ command, env }: { command: [string, ...string[]]; env: Record<string, string> }) {
    this.#command = command;
    this.#env = env;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const [program, ...args] = this.#command;
    // A process group of its own, so that ending it ends what it started.
    const child = spawn(program, args, {
      env: this.#env as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      shell: false,
    });
    this.#child = child;
    child.stdin.on('error', () => {});
    child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    child.stderr.on('data', (chunk: Buffer) => this.#readStderr(chunk));
    child.on('error', (error) => this.#closed(`could not be started: ${error.message}`));
    child.on('close', (code, signal) => this.#closed(ending(code, signal)));
    // Something it started may keep the pipes open for ever; a moment is enough for the rest of its output.
    child.on('exit', (code, signal) => setTimeout(() => this.#closed(ending(code, signal)), 500).unref());
  }

  send(message: JSONRPCMessage): void {
    if (this.#child?.stdin?.writable) this.#child.stdin.write(serializeMessage(message));
  }

  /** Stops reading from the server while the client is slow. */
  pause(): void {
    this.#child?.stdout?.pause();
  }

  resume(): void {
    this.#child?.stdout?.resume();
  }

  /** Ends the server at once: nothing it still writes is read. */
  kill(): void {
    this.#child?.stdout?.removeAllListeners('data').resume();
    this.#signal('SIGKILL');
  }

  /** Ends the server the way the MCP specification asks: close its input, then SIGTERM, then SIGKILL. */
  async close(): Promise<void> {
    if (this.#isClosed || !this.#child) return;
    this.#child.stdin?.end();
    if (await this.#endsWithin(PATIENCE_MS)) return;
    this.#signal('SIGTERM');
    if (await this.#endsWithin(PATIENCE_MS)) return;
    this.#signal('SIGKILL');
  }

  #read(chunk: Buffer): void {
    try {
      this.#buffer.append(chunk);
    } catch (error) {
      this.ongarbage(error as Error);
      this.kill();
      return;
    }
    for (;;) {
      try {
        const message = this.#buffer.readMessage();
        if (message === null) return;
        this.onmessage(message);
      } catch (error) {
        this.ongarbage(error as Error);
      }
    }
  }

  #readStderr(chunk: Buffer): void {
    const lines = (this.#stderrRest + chunk.toString('utf8')).split('\n');
    const rest = lines.pop() ?? '';
    for (const line of lines) this.onstderr(line);
    // A line without an end must not fill the memory.
    this.#stderrRest = rest.length > MAX_STDERR_LINE ? '' : rest;
    if (rest.length > MAX_STDERR_LINE) this.onstderr(rest);
  }

  #closed(description: string): void {
    if (this.#isClosed) return;
    // What the server started goes with it.
    this.#signal('SIGKILL');
    this.#isClosed = true;
    if (this.#stderrRest) this.onstderr(this.#stderrRest);
    this.onclose(description);
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#isClosed) return;
    try {
      // Windows has no process groups.
      if (process.platform === 'win32') this.#child?.kill(signal);
      else process.kill(-pid, signal);
    } catch {
      // The group is gone already.
    }
  }

  #endsWithin(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const deadline = Date.now() + ms;
      const look = () => {
        if (this.#isClosed) resolve(true);
        else if (Date.now() > deadline) resolve(false);
        else setTimeout(look, 20);
      };
      look();
    });
  }
}

function ending(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ? `was ended by ${signal}` : `ended with code ${code}`;
}
