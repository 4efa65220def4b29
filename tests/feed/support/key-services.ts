import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Seen = { method: string; path: string; headers: http.IncomingHttpHeaders; body: Record<string, unknown> };
type Answer = { status?: number; body?: unknown; delayMs?: number; raw?: string };

/** An HTTP server that answers as `answer` says and keeps what it was sent. */
export async function httpDouble(answer: (seen: Seen) => Answer): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { method = '', url = '', headers } = request;
      const what = { method, path: url, headers, body: text ? JSON.parse(text) : {} };
      seen.push(what);
      const { status = 200, body, raw, delayMs = 0 } = answer(what);
      setTimeout(() => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(raw ?? JSON.stringify(body ?? {}));
      }, delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const isEd25519 = (key: KeyObject) => key.asymmetricKeyType === 'ed25519';
const signed = (key: KeyObject, bytes: Buffer, dsaEncoding: 'der' | 'ieee-p1363' = 'der') =>
  sign(isEd25519(key) ? null : 'sha256', bytes, isEd25519(key) ? key : { key, dsaEncoding });
const spki = (key: KeyObject) => createPublicKey(key);

export type VaultOptions = {
  key: KeyObject;
  override?: (seen: Seen) => Answer | null;
  encoding?: 'der' | 'ieee-p1363';
};

/** The transit engine of Vault, as far as a feed needs it: signs with a real key and refuses a wrong token. */
export function vaultDouble({ key, override, encoding }: VaultOptions) {
  const publicKey = isEd25519(key)
    ? Buffer.from(spki(key).export({ format: 'jwk' }).x!, 'base64url').toString('base64')
    : spki(key).export({ type: 'spki', format: 'pem' }).toString();
  return httpDouble((seen) => {
    const other = override?.(seen);
    if (other) return other;
    if (seen.headers['x-vault-token'] !== 's.token') return { status: 403, body: { errors: ['permission denied'] } };
    if (seen.method === 'GET' && seen.path === '/v1/transit/keys/feed') {
      const type = isEd25519(key) ? 'ed25519' : 'ecdsa-p256';
      return { body: { data: { type, latest_version: 3, keys: { 3: { public_key: publicKey } } } } };
    }
    if (seen.path === '/v1/transit/sign/feed') {
      const signature = signed(key, Buffer.from(String(seen.body.input), 'base64'), encoding);
      return { body: { data: { signature: `vault:v3:${signature.toString('base64')}` } } };
    }
    return { status: 404, body: { errors: [] } };
  });
}

export type KmsOptions = { key: KeyObject; override?: (target: string, seen: Seen) => Answer | null };

/** AWS KMS by its JSON protocol: GetPublicKey and Sign. */
export function kmsDouble({ key, override }: KmsOptions) {
  return httpDouble((seen) => {
    const target = String(seen.headers['x-amz-target']).replace('TrentService.', '');
    const other = override?.(target, seen);
    if (other) return other;
    if (target === 'GetPublicKey') {
      const der = spki(key).export({ type: 'spki', format: 'der' }).toString('base64');
      return { body: { KeyId: 'arn:aws:kms:eu-central-1:1:key/x', KeyUsage: 'SIGN_VERIFY', PublicKey: der } };
    }
    const message = Buffer.from(String(seen.body.Message), 'base64');
    const bytes = seen.body.MessageType === 'DIGEST' ? null : message;
    if (!bytes) return { status: 400, body: { __type: 'ValidationException', message: 'no digests here' } };
    return { body: { KeyId: 'x', Signature: signed(key, bytes).toString('base64') } };
  });
}
