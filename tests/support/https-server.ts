import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import {
  aroundNow,
  EKU_SERVER_AUTH,
  extendedKeyUsage,
  generalName,
  issueCertificate,
  newKeys,
  newRoot,
  subjectAltName,
  toPem,
} from '../fixtures/sigstore/certificates.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
type Fixed = { status?: number; headers?: Record<string, string>; body?: string | Uint8Array };

export type TestHttpsServer = {
  port: number;
  /** PEM of the authority that signed every certificate of this server: for `createOutbound({ ca })`. */
  ca: string;
  /** What a host answers at a path, whatever the query unless one is given; without a port. Everything else is 404. */
  set(url: string, answer: Fixed | Handler): void;
  /** Has the host show the certificate of another name, or one of an authority that nobody knows. */
  showCertificate(host: string, of: { name: string } | 'stranger'): void;
  clear(): void;
  requests: { method: string; url: string; headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
};

/** A web server on loopback that stands for every host: it makes a certificate for whatever name is asked for. */
export async function startHttpsServer(): Promise<TestHttpsServer> {
  const authority = newRoot('test authority');
  const stranger = newRoot('another authority');
  const answers = new Map<string, Fixed | Handler>();
  const shown = new Map<string, { name: string } | 'stranger'>();
  const contexts = new Map<string, SecureContext>();
  const requests: TestHttpsServer['requests'] = [];

  const contextFor = (host: string): SecureContext => {
    const what = shown.get(host) ?? { name: host };
    const [issuer, name] = what === 'stranger' ? [stranger, host] : [authority, what.name];
    const key = `${issuer.name} ${name}`;
    const context = contexts.get(key) ?? createSecureContext(certificateFor(name, issuer));
    contexts.set(key, context);
    return context;
  };

  const server = createServer(
    {
      ...certificateFor('localhost', authority),
      SNICallback: (host, done) => done(null, contextFor(host)),
    },
    (request, response) => {
      const url = `https://${request.headers.host?.replace(/:\d+$/, '')}${request.url}`;
      requests.push({ method: request.method ?? '', url, headers: request.headers });
      const answer = answers.get(url) ?? answers.get(url.split('?')[0] ?? url) ?? { status: 404, body: 'nothing here' };
      if (typeof answer === 'function') return answer(request, response);
      response.writeHead(answer.status ?? 200, answer.headers ?? {});
      response.end(answer.body ?? '');
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    ca: toPem(authority.certificate),
    set: (url, answer) => void answers.set(url, answer),
    showCertificate: (host, of) => void shown.set(host, of),
    clear: () => {
      answers.clear();
      shown.clear();
      requests.length = 0;
    },
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function certificateFor(name: string, authority: ReturnType<typeof newRoot>): { key: string; cert: string } {
  const keys = newKeys();
  const certificate = issueCertificate(authority, {
    subject: name,
    publicKey: keys.publicKey,
    extensions: [subjectAltName(generalName.dns(name)), extendedKeyUsage(EKU_SERVER_AUTH)],
    ...aroundNow(),
  });
  return { key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: toPem(certificate) };
}
