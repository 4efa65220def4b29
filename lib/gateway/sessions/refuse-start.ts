import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { refusalMessage } from './messages.ts';

/** How long a client may take to send its first request before the gateway ends without having told it why. */
const FIRST_REQUEST_MS = 10_000;

/**
 * Tells the client why nothing is served: its first request, normally `initialize`, gets the refusal as a JSON-RPC
 * error, which clients show to people, unlike a process that just ends.
 */
export async function refuseStart({
  stdin,
  stdout,
  code,
  message,
  subject,
}: {
  stdin: Readable;
  stdout: Writable;
  code: string;
  message: string;
  subject: { server: string; version: string };
}): Promise<void> {
  const transport = new StdioServerTransport(stdin, stdout);
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FIRST_REQUEST_MS);
    stdin.once('end', resolve);
    stdin.once('close', resolve);
    transport.onmessage = (request) => {
      if (!('method' in request) || !('id' in request)) return;
      transport.send(refusalMessage({ id: request.id, refusal: { code, message }, subject })).then(resolve, resolve);
    };
    void transport.start();
  });
  clearTimeout(timer);
  await transport.close();
}
