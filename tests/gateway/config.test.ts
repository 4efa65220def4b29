import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkRequest } from '#lib/gateway/http/check-request.ts';
import { identifyClient } from '#lib/gateway/http/client-tokens.ts';
import {
  auditFile,
  GatewayConfigError,
  gatewaySetup,
  NO_SCOPE,
  parseGatewayConfig,
  readGatewayConfig,
} from '#lib/gateway/index.ts';
import { sha256Hex } from '#lib/manifest/canonical.ts';
import { tempDir } from '#tests/feed/support/temp-dir.ts';

const servers = { files: { name: 'com.example/files' } };
const read = (value: object) =>
  parseGatewayConfig({ trust: 'trust.json', servers, ...value }, '/etc/hallmark/gateway.yaml');
const token = (text: string) => sha256Hex(Buffer.from(text));

describe('the configuration file', () => {
  test('is YAML or JSON; paths are relative to it', () => {
    const yaml = [
      'trust: feed-trust.json',
      'servers:',
      '  files:',
      '    name: com.example/files',
      '    args: [/srv]',
      '    credentials: { shared: { TOKEN: { file: secrets/token } } }',
    ].join('\n');
    const config = parseGatewayConfig(readGatewayConfig(yaml, 'gateway.yaml'), '/etc/hallmark/gateway.yaml');
    expect(config).toMatchObject({
      trust: '/etc/hallmark/feed-trust.json',
      hints: true,
      server_requests: ['roots'],
      packages: 'check',
      servers: {
        files: { args: ['/srv'], credentials: { shared: { TOKEN: { file: '/etc/hallmark/secrets/token' } } } },
      },
    });
    expect(readGatewayConfig('{"trust":"a"}', 'gateway.json')).toEqual({ trust: 'a' });
  });

  const client = { name: 'ci', token_sha256: token('a') };
  test.each<[string, object, string]>([
    ['a key that does not exist', { serverz: {} }, 'Unrecognized key'],
    [
      'a key that does not exist, deep down',
      { servers: { files: { name: 'a', comand: [] } } },
      'servers.files: Unrecognized key',
    ],
    ['no server', { servers: {} }, 'servers: name at least one server'],
    ['a server with an underscore', { servers: { my_files: { name: 'a' } } }, 'servers.my_files'],
    ['a server with a long name', { servers: { ['a'.repeat(25)]: { name: 'a' } } }, 'at most 24'],
    ['others may reach it without a token', { listen: { host: '0.0.0.0' } }, 'listen.host: is reachable by others'],
    ['tokens without a listener', { clients: [client] }, 'listen: is missing'],
    [
      'a token instead of its digest',
      { listen: {}, clients: [{ name: 'ci', token_sha256: 'secret' }] },
      'clients.0.token_sha256: give the sha256',
    ],
    [
      'one token for two clients',
      { listen: {}, clients: [client, { ...client, name: 'b' }] },
      'clients.1.token_sha256',
    ],
    [
      "the gateway's own tokens passed on",
      {
        listen: {},
        clients: [client],
        servers: { files: { name: 'a', credentials: { personal: { Authorization: 'authorization' } } } },
      },
      'servers.files.credentials.personal.authorization',
    ],
    [
      'a secret in the file itself',
      { servers: { files: { name: 'a', credentials: { shared: { TOKEN: { value: 'x' } } } } } },
      'servers.files.credentials.shared.TOKEN',
    ],
    [
      'a secret from two places',
      { servers: { files: { name: 'a', credentials: { shared: { TOKEN: { file: 'a', env: 'B' } } } } } },
      'give either file or env',
    ],
    [
      'a command and an address',
      { servers: { files: { name: 'a', exec: ['a'], remote: true } } },
      'exclude each other',
    ],
    ['a network that is none', { private_networks: '10.0/8x' }, 'private_networks'],
    ['metrics without a place', { metrics: {} }, 'metrics.port: is needed'],
    ['a request that servers cannot make', { server_requests: ['everything'] }, 'server_requests.0'],
  ])('is refused with the place of the fault: %s', (_name, value, message) => {
    expect(() => read(value)).toThrow(GatewayConfigError);
    expect(() => read(value)).toThrow(message);
    expect(() => read(value)).toThrow('/etc/hallmark/gateway.yaml: ');
  });

  test.each([
    ['text that is neither', 'a: [1', 'neither YAML nor JSON'],
    [
      'aliases that explode',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]},`.repeat(10)}]`)
        .join('\n')}`,
      'neither YAML nor JSON',
    ],
    ['a key that is there twice', 'trust: a\ntrust: b', 'neither YAML nor JSON'],
  ])('is refused: %s', (_name, text, message) => {
    expect(() => readGatewayConfig(text, 'gateway.yaml')).toThrow(message);
  });

  test('names a variable or a file that is not there', async () => {
    const setup = (value: object) =>
      gatewaySetup({ config: read(value), trust: { org: 'acme', baseUrl: 'https://x' } as never, env: {} as never });
    await expect(setup({ servers: { files: { name: 'a', env: ['NOT_SET'] } } })).rejects.toThrow(
      'servers.files.env: the variable NOT_SET',
    );
    await expect(setup({ listen: {}, client_token_file: '/no/such/file' })).rejects.toThrow(
      'client_token_file: /no/such/file',
    );
    const short = path.join(await tempDir(), 'token');
    await writeFile(short, 'short');
    await expect(setup({ listen: {}, client_token_file: short })).rejects.toThrow('at least 16 characters');
  });
});

describe('who calls over HTTP', () => {
  const clients = [
    { name: 'ci', tokenSha256: token('ci-token'), team: 'web', group: 'bots', readOnly: true },
    { name: 'ann', tokenSha256: token('ann-token'), team: null, group: null, readOnly: false },
  ];
  const scope = { ...NO_SCOPE, environment: 'production', team: 'all' };
  const who = (authorization?: string) => identifyClient({ authorization, clients, scope });

  test('is known by the token, with the scope of that client', () => {
    expect(who('Bearer ci-token')).toEqual({
      name: 'ci',
      scope: { environment: 'production', team: 'web', group: 'bots', readOnly: true },
    });
    expect(who('bearer ann-token')).toEqual({
      name: 'ann',
      scope: { environment: 'production', team: 'all', group: null, readOnly: false },
    });
  });

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'ci-token',
    'Basic ci-token',
    'Bearer ci-token x',
    `Bearer ${token('ci-token')}`,
  ])('is nobody with %j', (authorization) => expect(who(authorization)).toBeNull());

  test.each([
    ['127.0.0.1:8808', undefined, true],
    ['localhost:8808', undefined, true],
    ['[::1]:8808', undefined, true],
    ['LOCALHOST:8808', undefined, true],
    ['gateway.corp.example', undefined, true],
    ['gateway.corp.example:443', undefined, true],
    ['localhost.evil.example:8808', undefined, false],
    ['127.0.0.1', undefined, false],
    ['', undefined, false],
    ['localhost:8808', 'https://ok.example', true],
    ['localhost:8808', 'https://ok.example.evil', false],
    ['localhost:8808', 'http://localhost:8808', false],
  ])('Host %j with Origin %j: %j', (host, origin, expected) => {
    const fault = checkRequest({
      request: { headers: { host, origin } },
      port: 8808,
      host: '127.0.0.1',
      allowedHosts: ['gateway.corp.example'],
      allowedOrigins: ['https://ok.example'],
    });
    expect(fault === null).toBe(expected);
  });
});

describe('the audit file', () => {
  test('is renamed before it becomes too long; the oldest goes', async () => {
    const dir = await tempDir();
    const file = path.join(dir, 'audit.jsonl');
    const log = auditFile({ path: file, maxBytes: 100, keep: 2, fsync: true, warn: () => {} });
    for (let number = 0; number < 10; number += 1) log.write(`${String(number).repeat(39)}\n`);
    log.close();
    expect((await readdir(dir)).sort()).toEqual(['audit.jsonl', 'audit.jsonl.1', 'audit.jsonl.2']);
    expect((await readFile(file, 'utf8')).split('\n').map((line) => line[0])).toEqual(['8', '9', undefined]);
    expect((await readFile(`${file}.2`, 'utf8'))[0]).toBe('4');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('goes on where it was, and tells once that it cannot be written', async () => {
    const dir = await tempDir();
    const file = path.join(dir, 'audit.jsonl');
    await writeFile(file, 'before\n');
    const warnings: string[] = [];
    const log = auditFile({
      path: file,
      maxBytes: 1000,
      keep: 1,
      fsync: false,
      warn: (message) => warnings.push(message),
    });
    log.write('after\n');
    expect(await readFile(file, 'utf8')).toBe('before\nafter\n');
    log.close();
    log.write('lost\n');
    log.write('lost\n');
    expect(warnings).toHaveLength(1);
  });
});
