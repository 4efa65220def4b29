import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

/** The longest message a server may send, in bytes. */
export const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;

/** A real server, however it is reached. */
export type Upstream = {
  onmessage: (message: JSONRPCMessage) => void;
  /** Something that is no message; the session goes on. */
  ongarbage: (error: Error) => void;
  onstderr: (line: string) => void;
  /** Once, however it ended: the rest of a sentence that begins with the server's name. */
  onclose: (description: string) => void;
  start(): void;
  send(message: JSONRPCMessage): void;
  pause(): void;
  resume(): void;
  /** At once: nothing it still says is read. */
  kill(): void;
  /** In order. */
  close(): Promise<void>;
};
