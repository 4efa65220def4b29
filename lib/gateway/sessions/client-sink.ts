import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';

/** Messages to the client that may be waiting before reading from the server stops. */
const MAX_UNSENT = 64;

/** `relatedTo` is the client's request for whose sake it is sent: HTTP has one stream for each. */
export type SendToClient = (message: JSONRPCMessage, relatedTo?: RequestId) => Promise<void>;

/** The way to the client. While it is slow, the server is not read: what it says must not pile up here. */
export class ClientSink {
  readonly #sendToClient: SendToClient;
  readonly #server: { pause(): void; resume(): void };
  #unsent = 0;

  constructor(sendToClient: SendToClient, server: { pause(): void; resume(): void }) {
    this.#sendToClient = sendToClient;
    this.#server = server;
  }

  readonly send = (message: JSONRPCMessage, relatedTo?: RequestId): void => {
    this.#unsent += 1;
    if (this.#unsent === MAX_UNSENT) this.#server.pause();
    const done = () => {
      this.#unsent -= 1;
      if (this.#unsent === 0) this.#server.resume();
    };
    this.#sendToClient(message, relatedTo).then(done, done);
  };
}
