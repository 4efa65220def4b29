import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Sandboxed } from '../sandbox/spawn.ts';
import type { IntrospectLimits } from './types.ts';

const NEWLINE = 0x0a;

/** The parts of a running server that the transport needs. */
export type ServerProcess = Pick<Sandboxed, 'stdin' | 'stdout' | 'stderrTail' | 'stop' | 'ended'>;

/**
 * MCP over the pipes of a sandboxed process (specification 2025-11-25, "stdio"): one JSON-RPC message a line. Unlike the
 * SDK's own, it starts nothing, counts lines that are no messages, and gives up on them after the limit.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  protocolVersion: string | null = null;
  messages = 0;
  garbageLines = 0;
  /** Whether reading was given up because of too much garbage. */
  isGarbage = false;
  readonly #server: ServerProcess;
  readonly #limits: Pick<IntrospectLimits, 'garbageLines' | 'garbageBytes'>;
  #parts: Buffer[] = [];
  #garbageBytes = 0;
  #isClosed = false;

  constructor(server: ServerProcess, limits: Pick<IntrospectLimits, 'garbageLines' | 'garbageBytes'>) {
    this.#server = server;
    this.#limits = limits;
  }

  async start(): Promise<void> {
    this.#server.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#server.stdout.on('error', () => {});
    this.#server.ended.then(() => this.close());
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#isClosed || !this.#server.stdin.writable) throw new Error('The server is gone.');
    this.#server.stdin.write(`${JSON.stringify(message)}\n`);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#server.stop();
    this.onclose?.();
  }

  setProtocolVersion(version: string): void {
    this.protocolVersion = version;
  }

  #read(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#parts.push(chunk.subarray(start, end));
      const line = Buffer.concat(this.#parts);
      this.#parts = [];
      start = end + 1;
      this.#line(line);
    }
    if (start < chunk.length) this.#parts.push(chunk.subarray(start));
  }

  #line(bytes: Buffer): void {
    if (this.#isClosed) return;
    const text = bytes.toString('utf8').trim();
    if (text === '') return;
    const message = parseMessage(text);
    if (message) {
      this.messages += 1;
      this.onmessage?.(message);
      return;
    }
    this.garbageLines += 1;
    this.#garbageBytes += bytes.length;
    if (this.garbageLines > this.#limits.garbageLines || this.#garbageBytes > this.#limits.garbageBytes) {
      this.isGarbage = true;
      void this.close();
    }
  }
}

function parseMessage(text: string): JSONRPCMessage | null {
  try {
    const parsed = JSONRPCMessageSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
