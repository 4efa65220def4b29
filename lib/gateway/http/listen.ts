import type http from 'node:http';
import type { AddressInfo } from 'node:net';

export type Listener = { port: number; close(): Promise<void> };

/** Resolves with the port when the server listens. Rejects when it cannot. */
export function listen(server: http.Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
