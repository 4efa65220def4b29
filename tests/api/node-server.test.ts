import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRequestListener } from '#lib/http/node-server.ts';
import { testInstance } from '../instance.ts';

testInstance();

const server = http.createServer(
  createRequestListener(async (_, response) => {
    response.end('a page');
  }),
);
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

const send = (method: string, path: string) =>
  new Promise<{ status: number | undefined; headers: http.IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const request = http.request({ host: '127.0.0.1', port, method, path, agent: false }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode, headers: response.headers, body });
    });
    request.on('error', reject).end();
  });

describe('createRequestListener', () => {
  it.each(['/v0.1/servers', '/api/v1/publish', '/healthz', '/', '/servers/a/b'])(
    'answers TRACE %s with 405 and what is allowed',
    async (path) => {
      const { status, headers } = await send('TRACE', path);
      expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET, HEAD, POST, OPTIONS' });
    },
  );

  it('keeps Allow on the way out', async () => {
    const { status, headers } = await send('DELETE', '/v0.1/servers');
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET, HEAD, OPTIONS' });
  });

  it.each([
    ['/api/v1/servers/%zz/versions/1/signatures', 400],
    ['/v0.1/servers/%zz/versions', 400],
    ['/%zz', 400],
    ['/v0.1/servers', 200],
    ['/', 200],
  ])('answers %s with %i', async (path, status) => {
    expect((await send('GET', path)).status).toBe(status);
  });
});
