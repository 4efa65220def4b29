import path from 'node:path';
import { PassThrough } from 'node:stream';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { ClientCapabilities } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';
import type { FeedServerVersion, FeedTool } from '#lib/feed/documents.ts';
import {
  type AuditEvent,
  type GatewayOptions,
  type GatewayResult,
  runGateway,
  serverEnvironment,
} from '#lib/gateway/index.ts';
import { toolDigest } from '#lib/manifest/definition-digests.ts';
import type { Definitions, ToolDefinition } from '#lib/manifest/types.ts';
import { tempDir } from '#tests/feed/support/temp-dir.ts';
import { type TestFeed, version } from '#tests/feed/support/test-feed.ts';

export const SERVER = 'com.example/notes';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/mcp-servers');

/** The command line that starts one of the servers in tests/fixtures/mcp-servers. */
export function fixtureCommand(name: string, ...args: string[]): string[] {
  return [process.execPath, path.join(fixtures, `${name}.ts`), ...args];
}

/** What a server lists when it is asked directly, with the digests that an approval would record. */
export async function liveTools(command: string[]): Promise<FeedTool[]> {
  const [program, ...args] = command as [string, ...string[]];
  const client = new Client({ name: 'scan', version: '1' });
  await client.connect(new StdioClientTransport({ command: program, args, stderr: 'ignore' }));
  const tools: FeedTool[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor });
    tools.push(...page.tools.map((tool) => ({ name: tool.name, digest: toolDigest(tool as ToolDefinition) })));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  await client.close();
  return tools;
}

/** Everything a server says of itself, as a scan would see it. */
export async function liveDefinitions(command: string[]): Promise<Definitions> {
  const [program, ...args] = command as [string, ...string[]];
  const client = new Client({ name: 'scan', version: '1' });
  await client.connect(new StdioClientTransport({ command: program, args, stderr: 'ignore' }));
  const { tools } = await client.listTools();
  const { prompts } = await client.listPrompts();
  const { resources } = await client.listResources();
  const { resourceTemplates } = await client.listResourceTemplates();
  const instructions = client.getInstructions() ?? null;
  await client.close();
  return { tools, prompts, resources, resourceTemplates, instructions } as Definitions;
}

/** One version of the allowlist that starts `command` and allows `tools`. */
export function approved(command: string[] | null, tools: FeedTool[], overrides: Partial<FeedServerVersion> = {}) {
  return version({
    tools: { default: 'deny', allow: tools },
    packages: [{ registryType: 'npm', identifier: 'notes', version: '1.0.0', purl: null, digest: null, command }],
    ...overrides,
  });
}

export type Session = {
  client: Client;
  audit: AuditEvent[];
  /** How the gateway ended; settles once it has. */
  ended: Promise<GatewayResult>;
  stateDir: string;
};

type SessionOptions = {
  feed: TestFeed;
  capabilities?: ClientCapabilities;
  /** Registers handlers before the client connects. */
  onConnect?: (client: Client) => void;
} & Partial<GatewayOptions>;

/** A gateway in this process, between a real SDK client and the real server process that the feed names. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { connect, ...session } = await startGateway(options);
  await connect();
  return session;
}

/** As `openSession`; the client connects when `connect` is called. */
export async function startGateway({
  feed,
  capabilities = {},
  onConnect = () => {},
  ...options
}: SessionOptions): Promise<Session & { connect: () => Promise<void> }> {
  const [toGateway, toClient, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const audit: AuditEvent[] = [];
  stderr.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString('utf8').split('\n')) if (line) audit.push(JSON.parse(line));
  });
  const stateDir = options.stateDir ?? (await tempDir());
  const ended = runGateway({
    server: SERVER,
    version: null,
    trust: feed.trust(),
    env: serverEnvironment({ source: process.env, pass: [] }).env,
    refreshSeconds: 3600,
    stdin: toGateway,
    stdout: toClient,
    stderr,
    ...options,
    stateDir,
  });
  const client = new Client({ name: 'test', version: '1' }, { capabilities });
  onConnect(client);
  onTestFinished(async () => {
    toGateway.end();
    await ended;
  });
  // The framing of both ends of the stdio transport is the same.
  const connect = () => client.connect(new StdioServerTransport(toClient, toGateway));
  return { client, audit, ended, stateDir, connect };
}

/** The text of a tool's answer. */
export async function call(client: Client, name: string, args: Record<string, unknown> = {}): Promise<string> {
  const { content } = await client.callTool({ name, arguments: args });
  return (content as { text: string }[])[0]?.text ?? '';
}

/** What a refused request rejects with in the SDK's client. */
export const refusal = (code: string) => ({ code: -32001, data: { hallmark: { code } } });

/** Waits until `look` gives something; the runner's own timeout ends it. */
export async function eventually<T>(
  look: () => T | undefined | false | null | Promise<T | undefined | false | null>,
): Promise<T> {
  for (;;) {
    const found = await look();
    if (found) return found as T;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
