import fs from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '#lib/db/embedded-postgres.ts';
import { runHallmark } from '../run-hallmark.ts';

const LONG = 60_000;
let folder: string;
let dataDir: string;
let busy: net.Server;
let registry: http.Server;
let asked: string | undefined;
let answer: { status: number; body: object };

const portOf = (server: net.Server) => (server.address() as AddressInfo).port;
const listening = (server: net.Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-faults-'));
  dataDir = path.join(folder, 'data');
  fs.writeFileSync(path.join(folder, 'root.json'), '{"name": "acme"}');
  fs.writeFileSync(
    path.join(folder, 'server.json'),
    JSON.stringify({
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
      name: 'io.github.acme/weather',
      description: 'Weather',
      version: '1.0.1',
      remotes: [{ type: 'streamable-http', url: 'https://weather.example.com/mcp' }],
    }),
  );
  busy = net.createServer();
  registry = http.createServer((request, response) => {
    asked = request.url;
    request.resume();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  await Promise.all([listening(busy), listening(registry)]);
});
afterAll(() => {
  busy.close();
  registry.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const run = async (args: string[], env: Record<string, string> = {}) =>
  runHallmark(args, {
    DATABASE_URL: '',
    HALLMARK_URL: '',
    HALLMARK_DATA_DIR: dataDir,
    PORT: String(await freePort()),
    ...env,
  });

describe('a command without an instance', () => {
  it.each([['sync list'], ['rescan --status'], ['admin link'], ['web'], ['worker'], ['osv import x --ecosystem npm']])(
    '%s says so and makes none',
    async (args) => {
      const { code, stderr } = await run(args.split(' '));
      expect(stderr).toBe(
        `There is no instance in ${dataDir}. Set HALLMARK_DATA_DIR or DATABASE_URL as the running one has them.\n`,
      );
      expect(code).toBe(1);
      expect(fs.existsSync(dataDir)).toBe(false);
    },
    LONG,
  );
});

describe('hallmark start', () => {
  it.each([
    ['a port in use', () => ({ PORT: String(portOf(busy)) }), /^PORT \d+ is in use on 127\.0\.0\.1\./m],
    ['a host that does not resolve', () => ({ HOST: 'nowhere.invalid' }), /^HOST nowhere\.invalid does not resolve/m],
    [
      'no database',
      () => ({ DATABASE_URL: 'postgres://a:secret@127.0.0.1:1/x' }),
      /^DATABASE_URL names 127\.0\.0\.1:1\/x, .*ECONNREFUSED/m,
    ],
    ['a short master key', () => ({ HALLMARK_MASTER_KEY: 'abc' }), /HALLMARK_MASTER_KEY must be 32 bytes/],
    [
      'no master key file',
      () => ({ HALLMARK_MASTER_KEY_FILE: '/nowhere' }),
      /^HALLMARK_MASTER_KEY_FILE names \/nowhere, .* cannot be read\.$/m,
    ],
    ['a log level', () => ({ LOG_LEVEL: 'loud' }), /LOG_LEVEL must be trace/],
    [
      'a file that is no root',
      () => ({ HALLMARK_TRUST_ROOTS: path.join(folder, 'root.json') }),
      /^HALLMARK_TRUST_ROOTS names .*[^.]\. A root file/m,
    ],
  ])(
    'refuses %s before it makes anything',
    async (_, env, message) => {
      const { code, stderr } = await run(['start'], env());
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/ {4}at |secret/);
      expect(code).toBe(1);
      expect(fs.existsSync(dataDir)).toBe(false);
    },
    LONG,
  );

  it(
    'refuses a data folder that is a file, and warns about a misspelt variable',
    async () => {
      const env = { HALLMARK_DATA_DIR: path.join(folder, 'root.json'), HALLMARK_TRUSTROOTS: 'x' };
      const { stderr } = await run(['start'], env);
      expect(stderr).toMatch(/Did you mean HALLMARK_TRUST_ROOTS\?\n.*HALLMARK_DATA_DIR names .*not a folder/s);
    },
    LONG,
  );
});

describe('hallmark publish', () => {
  const publish = (address: string) =>
    run(['publish', path.join(folder, 'server.json'), '--registry', address], { HALLMARK_TOKEN: 'bad' });
  const url = () => `http://127.0.0.1:${portOf(registry)}`;

  it(
    'explains a token that the registry does not know, and takes the address with /v0.1',
    async () => {
      answer = { status: 401, body: { detail: 'Invalid or expired Registry JWT token' } };
      const { code, stderr } = await publish(`${url()}/v0.1/`);
      expect(stderr).toBe(
        `This is no publish token of ${url()}, or it was revoked or has expired. Issue one in the console, or use --login.\n`,
      );
      expect([code, asked]).toEqual([1, '/api/v1/publish']);
    },
    LONG,
  );

  it(
    'warns when the signature of the version before is missing',
    async () => {
      const signerChange = {
        kind: 'signature-disappeared',
        previousVersion: '1.0.0',
        from: { text: 'acme/weather' },
        to: null,
      };
      answer = { status: 201, body: { name: 'n', version: '1.0.1', signatureState: 'unsigned', signerChange } };
      const { code, stderr } = await publish(url());
      expect(stderr).toBe('Warning: this version is not signed, but version 1.0.0 was signed by acme/weather.\n');
      expect(code).toBe(0);
    },
    LONG,
  );

  it(
    'refuses an address without http',
    async () => {
      const { code, stderr } = await publish('localhost:4701');
      expect(stderr).toContain('must begin with http:// or https://');
      expect(code).toBe(2);
    },
    LONG,
  );
});
