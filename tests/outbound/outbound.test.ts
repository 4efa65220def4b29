import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parsePrivateNetworks } from '#lib/outbound/address-guard.ts';
import { createOutbound, createResolver, type Outbound, OutboundError } from '#lib/outbound/index.ts';
import { startDnsServer, type TestDnsServer } from '#tests/support/dns-server.ts';
import { startHttpsServer, type TestHttpsServer } from '#tests/support/https-server.ts';

let dns: TestDnsServer;
let web: TestHttpsServer;
/** As in production, except for the authority, the port and the name server. */
let strict: Outbound;
/** Also reaches this machine: what the admin lists. */
let open: Outbound;

beforeAll(async () => {
  [dns, web] = await Promise.all([startDnsServer(), startHttpsServer()]);
  const common = { resolver: createResolver([dns.address]), ca: web.ca, port: () => web.port };
  strict = createOutbound(common);
  open = createOutbound({ ...common, privateNetworks: parsePrivateNetworks('127.0.0.1') });
});
afterAll(() => Promise.all([dns.close(), web.close()]));
beforeEach(() => {
  dns.clear();
  web.clear();
  dns.set('example.com', { A: ['127.0.0.1'] });
  dns.set('other.example', { A: ['127.0.0.1'] });
});

const codeOf = async (asked: Promise<unknown>): Promise<string> => {
  const error = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof OutboundError ? error.code : `not refused: ${String(error)}`;
};

describe('addresses that are never asked', () => {
  it.each([
    ['http://example.com/', 'URL_REFUSED'],
    ['ftp://example.com/', 'URL_REFUSED'],
    ['file:///etc/passwd', 'URL_REFUSED'],
    ['gopher://example.com/', 'URL_REFUSED'],
    ['data:text/plain,hello', 'URL_REFUSED'],
    ['//example.com/', 'URL_REFUSED'],
    ['', 'URL_REFUSED'],
    ['https://', 'URL_REFUSED'],
    ['https://user:password@example.com/', 'URL_REFUSED'],
    ['https://example.com@127.0.0.1/', 'URL_REFUSED'],
    ['https://127.0.0.1/', 'ADDRESS_REFUSED'],
    ['https://127.1/', 'ADDRESS_REFUSED'],
    ['https://0/', 'ADDRESS_REFUSED'],
    ['https://0177.0.0.1/', 'ADDRESS_REFUSED'],
    ['https://0x7f000001/', 'ADDRESS_REFUSED'],
    ['https://0x7f.1/', 'ADDRESS_REFUSED'],
    ['https://2130706433/', 'ADDRESS_REFUSED'],
    ['https://１２７.0.0.1/', 'ADDRESS_REFUSED'],
    ['https://127.0.0.1./', 'ADDRESS_REFUSED'],
    ['https://169.254.169.254/latest/meta-data/', 'ADDRESS_REFUSED'],
    ['https://[::1]/', 'ADDRESS_REFUSED'],
    ['https://[::ffff:127.0.0.1]/', 'ADDRESS_REFUSED'],
    ['https://[::ffff:a9fe:a9fe]/', 'ADDRESS_REFUSED'],
    ['https://[64:ff9b::a9fe:a9fe]/', 'ADDRESS_REFUSED'],
    ['https://[fe80::1]/', 'ADDRESS_REFUSED'],
    ['https://192.168.0.1:8443/', 'ADDRESS_REFUSED'],
  ])('%s is %s', async (url, code) => {
    expect(await codeOf(strict.fetch(url))).toBe(code);
    expect(web.requests).toEqual([]);
  });

  it.each(['localhost', 'anything.localhost', 'localhost.', 'LOCALHOST'])(
    'the name %s of the system is refused',
    async (name) => {
      const system = createOutbound({ ca: web.ca, port: () => web.port });
      expect(await codeOf(system.fetch(`https://${name}/`))).toMatch(/^(ADDRESS_REFUSED|NAME_NOT_FOUND)$/);
      expect(web.requests).toEqual([]);
    },
  );
});

describe('names', () => {
  it.each([
    ['127.0.0.1', { A: ['127.0.0.1'] }],
    ['cloud metadata', { A: ['169.254.169.254'] }],
    ['a private network', { A: ['10.0.0.5'] }],
    ['IPv6 loopback', { AAAA: ['::1'] }],
    ['a mapped private address', { AAAA: ['::ffff:10.0.0.5'] }],
    ['NAT64 of loopback', { AAAA: ['64:ff9b::7f00:1'] }],
    ['a public and a private address', { A: ['93.184.216.34', '127.0.0.1'] }],
    ['a public IPv4 and a private IPv6 address', { A: ['93.184.216.34'], AAAA: ['::1'] }],
  ])('that resolve to %s are refused', async (_, records) => {
    dns.set('inside.example', records);
    expect(await codeOf(strict.fetch('https://inside.example/'))).toBe('ADDRESS_REFUSED');
    expect(web.requests).toEqual([]);
  });

  it('that do not exist are NAME_NOT_FOUND', async () => {
    expect(await codeOf(strict.fetch('https://nowhere.example/'))).toBe('NAME_NOT_FOUND');
  });

  it('whose name server fails are UNREACHABLE', async () => {
    dns.set('broken.example', 'fail');
    expect(await codeOf(strict.fetch('https://broken.example/'))).toBe('UNREACHABLE');
    expect(await codeOf(strict.txt('broken.example'))).toBe('UNREACHABLE');
  });

  it('cannot change between the check and the connection (rebinding)', async () => {
    // Public when first asked, loopback from then on: whatever is connected to must be what was checked.
    let asked = 0;
    dns.set('rebind.example', () => {
      asked += 1;
      return { A: [asked > 2 ? '127.0.0.1' : '192.0.2.1'] };
    });
    for (let i = 0; i < 4; i++) {
      expect(await codeOf(strict.fetch('https://rebind.example/', { timeoutMs: 2000 }))).toBe('ADDRESS_REFUSED');
    }
    expect(web.requests).toEqual([]);
  });

  it('are refused in a request even after a connection to them was allowed', async () => {
    web.set('https://example.com/', { body: 'ours' });
    expect((await open.fetch('https://example.com/')).body.toString()).toBe('ours');
    expect(await codeOf(strict.fetch('https://example.com/'))).toBe('ADDRESS_REFUSED');
  });
});

describe('TXT records', () => {
  it('are joined, empty where there are none, and empty for a name that does not exist', async () => {
    const long = `v=1; ${'x'.repeat(600)}`;
    dns.set('txt.example', { TXT: ['first', long] });
    expect((await strict.txt('txt.example')).sort()).toEqual(['first', long]);
    expect(await strict.txt('example.com')).toEqual([]);
    expect(await strict.txt('nowhere.example')).toEqual([]);
  });
});

describe('networks of the admin', () => {
  it('reach a listed address, and no other', async () => {
    web.set('https://example.com/', { body: 'inside' });
    dns.set('elsewhere.example', { A: ['127.0.0.2'] });
    expect((await open.fetch('https://example.com/')).body.toString()).toBe('inside');
    expect(await codeOf(open.fetch('https://elsewhere.example/'))).toBe('ADDRESS_REFUSED');
    expect(await codeOf(open.fetch('https://127.0.0.2/'))).toBe('ADDRESS_REFUSED');
  });

  it('reach a listed host wherever it is', async () => {
    web.set('https://corp.example/', { body: 'by name' });
    dns.set('corp.example', { A: ['127.0.0.1'] });
    const byName = createOutbound({
      resolver: createResolver([dns.address]),
      ca: web.ca,
      port: () => web.port,
      privateNetworks: parsePrivateNetworks('corp.example'),
    });
    expect((await byName.fetch('https://corp.example/')).body.toString()).toBe('by name');
    expect(await codeOf(byName.fetch('https://example.com/'))).toBe('ADDRESS_REFUSED');
  });
});

describe('redirects', () => {
  const to = (location: string, status = 302) => ({ status, headers: { location } });

  it.each([
    ['a private address', 'https://10.0.0.1/', 'ADDRESS_REFUSED'],
    ['cloud metadata', 'https://169.254.169.254/latest/', 'ADDRESS_REFUSED'],
    ['a name with a private address', 'https://inside.example/', 'ADDRESS_REFUSED'],
    ['http', 'http://example.com/', 'REDIRECT_REFUSED'],
    ['another scheme', 'file:///etc/passwd', 'REDIRECT_REFUSED'],
    ['gopher', 'gopher://127.0.0.1:6379/', 'REDIRECT_REFUSED'],
    ['credentials', 'https://user:pass@other.example/', 'REDIRECT_REFUSED'],
    ['no address', 'https://', 'REDIRECT_REFUSED'],
  ])('to %s are refused', async (_, location, code) => {
    dns.set('inside.example', { A: ['10.0.0.1'] });
    web.set('https://example.com/', to(location));
    expect(await codeOf(open.fetch('https://example.com/'))).toBe(code);
    expect(web.requests).toHaveLength(1);
  });

  it('are followed three times, not four', async () => {
    web.set('https://example.com/', to('https://example.com/1'));
    web.set('https://example.com/1', to('/2', 301));
    web.set('https://example.com/2', to('https://other.example/3', 307));
    web.set('https://other.example/3', { body: 'arrived' });
    const answer = await open.fetch('https://example.com/');
    expect([answer.body.toString(), answer.url]).toEqual(['arrived', 'https://other.example/3']);
    web.set('https://other.example/3', to('/4'));
    expect(await codeOf(open.fetch('https://example.com/'))).toBe('REDIRECT_REFUSED');
  });

  it('are not followed at all where the caller says so, and the message names the target', async () => {
    web.set('https://example.com/', to('https://other.example/secret?x=1'));
    await expect(open.fetch('https://example.com/', { maxRedirects: 0 })).rejects.toThrow(
      'example.com redirects to https://other.example, which is not followed here.',
    );
  });

  it('away from the origin are refused where the caller asks for that', async () => {
    web.set('https://example.com/', to('https://other.example/'));
    expect(await codeOf(open.fetch('https://example.com/', { isSameOriginOnly: true }))).toBe('REDIRECT_REFUSED');
  });

  it('of a POST are refused', async () => {
    web.set('https://example.com/', to('https://example.com/2', 307));
    expect(await codeOf(open.fetch('https://example.com/', { method: 'POST', body: '{}' }))).toBe('REDIRECT_REFUSED');
  });

  it('keep credentials at the origin that they were meant for', async () => {
    web.set('https://example.com/', to('/same'));
    web.set('https://example.com/same', to('https://other.example/'));
    web.set('https://other.example/', { body: 'ok' });
    await open.fetch('https://example.com/', {
      headers: { authorization: 'Bearer secret', cookie: 'a=b', accept: 'text/plain' },
    });
    expect(
      web.requests.map(({ url, headers }) => [url, headers.authorization, headers.cookie, headers.accept]),
    ).toEqual([
      ['https://example.com/', 'Bearer secret', 'a=b', 'text/plain'],
      ['https://example.com/same', 'Bearer secret', 'a=b', 'text/plain'],
      ['https://other.example/', undefined, undefined, 'text/plain'],
    ]);
  });

  it('back to the origin do not bring credentials back', async () => {
    web.set('https://example.com/', to('https://other.example/'));
    web.set('https://other.example/', to('https://example.com/end'));
    web.set('https://example.com/end', { body: 'ok' });
    await open.fetch('https://example.com/', { headers: { authorization: 'Bearer secret' } });
    expect(web.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', undefined, undefined]);
  });
});

describe('answers', () => {
  it('that are too large are refused, counted after decoding', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    expect(bomb.length).toBeLessThan(10_000);
    web.set('https://example.com/', { headers: { 'content-encoding': 'gzip' }, body: bomb });
    expect(await codeOf(open.fetch('https://example.com/', { maxBytes: 1_000_000 }))).toBe('BODY_TOO_LARGE');
    expect((await open.fetch('https://example.com/', { maxBytes: 5_000_000 })).body.length).toBe(5_000_000);
  });

  it('that never end are refused at the limit', async () => {
    web.set('https://example.com/', (_, response) => {
      const pour = () => {
        while (response.writable && response.write(Buffer.alloc(65_536)));
        if (response.writable) response.once('drain', pour);
      };
      pour();
    });
    expect(await codeOf(open.fetch('https://example.com/', { maxBytes: 300_000 }))).toBe('BODY_TOO_LARGE');
  });

  it('are handed over piece by piece, up to the limit', async () => {
    web.set('https://example.com/', { body: Buffer.alloc(200_000, 'a') });
    let size = 0;
    const onChunk = (chunk: Uint8Array) => {
      size += chunk.length;
    };
    const answer = await open.fetch('https://example.com/', { onChunk });
    expect([size, answer.body.length]).toEqual([200_000, 0]);
    expect(await codeOf(open.fetch('https://example.com/', { onChunk, maxBytes: 100_000 }))).toBe('BODY_TOO_LARGE');
  });

  it('with a bad status are answers', async () => {
    expect((await open.fetch('https://example.com/nothing')).status).toBe(404);
  });

  it('that do not come are TIMED_OUT', async () => {
    web.set('https://example.com/', () => undefined);
    expect(await codeOf(open.fetch('https://example.com/', { timeoutMs: 200 }))).toBe('TIMED_OUT');
  });

  it('that stop in the middle are TIMED_OUT', async () => {
    web.set('https://example.com/', (_, response) => {
      response.write('half of it');
    });
    expect(await codeOf(open.fetch('https://example.com/', { timeoutMs: 200 }))).toBe('TIMED_OUT');
  });

  it('from nobody are UNREACHABLE', async () => {
    const closed = createOutbound({
      resolver: createResolver([dns.address]),
      privateNetworks: parsePrivateNetworks('127.0.0.1'),
      port: () => 1,
    });
    expect(await codeOf(closed.fetch('https://example.com/'))).toBe('UNREACHABLE');
  });
});

describe('certificates', () => {
  it('of another name are refused', async () => {
    dns.set('mine.example', { A: ['127.0.0.1'] });
    web.showCertificate('mine.example', { name: 'other.example' });
    expect(await codeOf(open.fetch('https://mine.example/'))).toBe('TLS_FAILED');
    expect(web.requests).toEqual([]);
  });

  it('of an unknown authority are refused', async () => {
    dns.set('odd.example', { A: ['127.0.0.1'] });
    web.showCertificate('odd.example', 'stranger');
    expect(await codeOf(open.fetch('https://odd.example/'))).toBe('TLS_FAILED');
  });

  it('are looked at without exception for listed networks', async () => {
    const unknown = createOutbound({
      resolver: createResolver([dns.address]),
      privateNetworks: parsePrivateNetworks('127.0.0.1'),
      port: () => web.port,
    });
    expect(await codeOf(unknown.fetch('https://example.com/'))).toBe('TLS_FAILED');
  });
});

describe('origins of the admin', () => {
  let plain: Server;
  let origin: string;
  const seen: string[] = [];

  beforeAll(async () => {
    plain = createServer((request, response) => {
      seen.push(request.url ?? '');
      if (request.url === '/away') response.writeHead(302, { location: 'http://127.0.0.1:1/' });
      response.end('plain');
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => plain.close(resolve)));

  const direct = createOutbound();

  it('may be http and private, and only they', async () => {
    const answer = await direct.fetch(`${origin}/x`, { trustedOrigins: [origin] });
    expect(answer.body.toString()).toBe('plain');
    expect(await codeOf(direct.fetch(`${origin}/x`))).toBe('URL_REFUSED');
    expect(await codeOf(direct.fetch('http://127.0.0.1:1/', { trustedOrigins: [origin] }))).toBe('URL_REFUSED');
    expect(seen).toEqual(['/x']);
  });

  it('cannot redirect to what they themselves may be', async () => {
    expect(await codeOf(direct.fetch(`${origin}/away`, { trustedOrigins: [origin] }))).toBe('REDIRECT_REFUSED');
  });
});
