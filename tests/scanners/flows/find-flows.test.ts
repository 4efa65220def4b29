import { describe, expect, test } from 'vitest';
import type { ToolDefinition } from '#lib/manifest/types.ts';
import { ofTools } from '#scanners/example-snapshots.ts';
import { findFlows } from '#scanners/flows/index.ts';
import { factsOfTool } from '#scanners/flows/tool-facts.ts';
import { scanSnapshot } from '#scanners/run.ts';
import { seededRandom, shuffled } from '../random.ts';

type Tool = Partial<ToolDefinition> & { name: string };
const tool = (one: Tool): ToolDefinition => ({ inputSchema: { type: 'object' }, ...one });
const server = (name: string, ...tools: Tool[]) => ({ name, title: null, tools: tools.map(tool) });
const taking = (...names: string[]) => ({
  inputSchema: { type: 'object', properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) },
});

describe('the facts of a tool', () => {
  test.each<[string, Tool, string[]]>([
    [
      'a mailbox',
      { name: 'read_inbox', description: 'Reads mails of the inbox.' },
      ['private-data', 'untrusted-content'],
    ],
    ['files', { name: 'read_file', description: 'Reads a file.', ...taking('path') }, ['private-data']],
    [
      'a web page by its address',
      { name: 'fetch_page', description: 'Fetches a web page.', ...taking('url') },
      ['untrusted-content', 'way-out'],
    ],
    ['sending', { name: 'send_email', description: 'Sends an e-mail.' }, ['way-out']],
    ['leaving words for others', { name: 'create_issue', description: 'Creates an issue.' }, ['way-out']],
    ['archiving', { name: 'archive_message', description: 'Archives a message.' }, []],
    ['names alone', { name: 'list_channels', description: 'Lists channels.' }, []],
    [
      'a shell',
      { name: 'run_command', description: 'Runs a shell command.', ...taking('command') },
      ['private-data', 'way-out'],
    ],
    ['arithmetic', { name: 'sum', description: 'Sums numbers.' }, []],
    ['public records', { name: 'search_documents', description: 'Searches public documents.' }, []],
    [
      'an open world',
      { name: 'ask', description: 'Asks the oracle.', annotations: { openWorldHint: true } },
      ['untrusted-content'],
    ],
    [
      'a closed world',
      { name: 'read_inbox', description: 'Reads mails.', annotations: { openWorldHint: false } },
      ['private-data'],
    ],
    [
      'sending in a closed world',
      { name: 'send_email', description: 'Sends.', annotations: { openWorldHint: false } },
      [],
    ],
    ['environment variables', { name: 'print_env', description: 'Shows all environment variables.' }, ['private-data']],
  ])('%s', (_, one, facts) => {
    expect(
      factsOfTool(tool(one))
        .map(({ fact }) => fact)
        .sort(),
    ).toEqual(facts);
  });
});

const INBOX = { name: 'read_inbox', description: 'Reads mails of the inbox.' };
const FILES = { name: 'read_file', description: 'Reads a file.', ...taking('path') };
const PAGE = { name: 'search_web', description: 'Searches web pages.' };
const CHAT = { name: 'post_message', description: 'Posts a message to a channel.' };

describe('flows', () => {
  test('within one server: a fact of severity info', () => {
    const { within, across } = findFlows([server('com.a/all', PAGE, FILES, CHAT)]);
    expect(within).toMatchObject([
      {
        scope: 'within',
        severity: 'info',
        server: 'com.a/all',
        steps: [{ tool: 'search_web' }, { tool: 'read_file' }, { tool: 'post_message' }],
      },
    ]);
    expect(across).toEqual([]);
  });

  test('across servers of which none has all three: medium, from source over data to sink', () => {
    const { within, across } = findFlows([
      server('com.a/web', PAGE),
      server('com.a/files', FILES),
      server('com.a/chat', CHAT),
    ]);
    expect(within).toEqual([]);
    expect(across).toMatchObject([
      {
        scope: 'across',
        severity: 'medium',
        server: 'com.a/files',
        steps: [
          { server: 'com.a/web', fact: 'untrusted-content' },
          { server: 'com.a/files', fact: 'private-data' },
          { server: 'com.a/chat', fact: 'way-out' },
        ],
      },
    ]);
  });

  test('one tool may be two steps', () => {
    const { within } = findFlows([server('com.a/mail', INBOX, CHAT)]);
    expect(within[0]?.steps.map((step) => step.tool)).toEqual(['read_inbox', 'read_inbox', 'post_message']);
  });

  test.each([
    ['no way out', [server('a/web', PAGE), server('a/files', FILES)]],
    ['no stranger', [server('a/files', FILES), server('a/chat', CHAT)]],
    ['nothing private', [server('a/web', PAGE), server('a/chat', CHAT)]],
    ['no servers', []],
  ])('none with %s', (_, servers) => {
    expect(findFlows(servers)).toMatchObject({ within: [], across: [] });
  });

  test('the step that another tool could do as well is counted', () => {
    const { across } = findFlows([
      server('a/web', PAGE, { ...PAGE, name: 'search_pages' }),
      server('a/files', FILES),
      server('a/chat', CHAT),
    ]);
    expect(across[0]?.steps.map(({ others }) => others)).toEqual([1, 0, 0]);
  });

  test('the order of servers and tools does not matter', () => {
    const servers = [server('a/web', PAGE, INBOX), server('a/files', FILES), server('a/chat', CHAT, PAGE)];
    const report = findFlows(servers);
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed);
      const mixed = shuffled(random, servers).map((one) => ({ ...one, tools: shuffled(random, one.tools) }));
      expect(findFlows(mixed)).toEqual(report);
    }
  });

  test('are no findings: the report of such a server is graded as before', () => {
    const { findings, grade } = scanSnapshot(ofTools(PAGE, FILES, CHAT));
    expect(findings.filter(({ class: of }) => of === 'accusation')).toEqual([]);
    expect(grade).toBe('A');
  });

  test('500 servers of 20 tools', () => {
    const servers = Array.from({ length: 500 }, (_, i) =>
      server(
        `a/s${i}`,
        ...Array.from({ length: 20 }, (_, j) => ({ ...[PAGE, FILES, CHAT][(i + j) % 3]!, name: `t${j}_file` })),
      ),
    );
    expect(findFlows(servers).servers.length).toBeGreaterThan(0);
  });
});
