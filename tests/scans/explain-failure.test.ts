import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { lastLines } from '#lib/scans/introspect/escape-lines.ts';
import { explainFailure } from '#lib/scans/introspect/explain-failure.ts';
import { valueFault } from '#lib/scans/introspect/value-fault.ts';

const usage = { peakMemoryBytes: 0, peakProcesses: 0, stdoutBytes: 0, stderrBytes: 0 };
const closed = new McpError(ErrorCode.ConnectionClosed, 'Connection closed');

const exited = (stderrTail: string, needsInput = false, exitCode = 1) =>
  explainFailure({
    error: closed,
    end: {
      kind: 'exited',
      exitCode,
      signal: null,
      usage,
      observed: { network: null, programs: [], trace: null },
      stderrTail,
    },
    stderrTail,
    isAborted: false,
    isGarbage: false,
    garbageLines: 0,
    messages: 0,
    asked: 'initialize',
    needsInput,
  });

describe('an early exit is named after what the server says', () => {
  it.each([
    ['Error: NOTION_TOKEN environment variable is required', 'MISSING_CONFIGURATION'],
    ['Missing required environment variable: GITHUB_TOKEN', 'MISSING_CONFIGURATION'],
    ['Please set OPENAI_API_KEY', 'MISSING_CONFIGURATION'],
    ['Usage: mcp-server-filesystem <allowed-directory>', 'MISSING_CONFIGURATION'],
    ["error: required option '--url <url>' not specified", 'MISSING_CONFIGURATION'],
    ['No API key provided', 'MISSING_CONFIGURATION'],
    ['DATABASE_URL must be set', 'MISSING_CONFIGURATION'],
    ['TypeError: fetch failed\n  cause: getaddrinfo EAI_AGAIN api.example.com', 'NEEDS_NETWORK'],
    ['Error: connect ENETUNREACH 1.1.1.1:443', 'NEEDS_NETWORK'],
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'MEMORY'],
    ['Error [ERR_WORKER_INIT_FAILED]: Worker initialization failure: EAGAIN', 'TOO_MANY_PROCESSES'],
    ["Error: ENOENT: no such file or directory, open '/etc/acme/config.json'", 'SERVER_EXITED'],
    ["Error: Cannot find module 'left-pad'", 'SERVER_EXITED'],
    ['', 'SERVER_EXITED'],
  ])('%s → %s', (stderr, code) => {
    expect(exited(stderr).code).toBe(code);
  });

  it('blames the network rather than the configuration when both are mentioned and the manifest asks for nothing', () => {
    const stderr = 'Could not load config: getaddrinfo ENOTFOUND config.example.com';
    expect(exited(stderr).code).toBe('NEEDS_NETWORK');
  });

  it('answers quickly for a text made to be slow', () => {
    const started = performance.now();
    exited(`${'A_'.repeat(8_000)}\n${'missing '.repeat(2_000)}`);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('hostile text', () => {
  it('is cut, escaped and limited to its last lines', () => {
    const lines = lastLines(`first\n\n${'x'.repeat(400)}\n\u001b]0;title\u0007\u202ereversed\ud800`, 2);
    expect(lines).toEqual([`${'x'.repeat(300)}…`, '\\u{1b}]0;title\\u{7}\\u{202e}reversed\ufffd']);
  });
});

describe('a value that cannot be canonicalized', () => {
  const nested = (levels: number) => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level += 1) value = level % 2 ? [value] : { a: value };
    return value;
  };
  it.each([
    ['a tool', { name: 'x', inputSchema: { type: 'object' } }, null],
    ['64 levels', nested(64), null],
    ['65 levels', nested(65), 'is nested more than 64 levels deep'],
    ['100,000 levels', nested(100_000), 'is nested more than 64 levels deep'],
    ['too many values', Array.from({ length: 100_001 }, () => 0), 'has more than 100000 values'],
    ['an infinite number', JSON.parse('{"a":1e999}'), 'has a number that is out of range'],
    ['half a surrogate', { a: '\ud800' }, 'has a text that is not valid Unicode'],
    ['half a surrogate in a key', { '\udfff': 1 }, 'has a key that is not valid Unicode'],
    ['an emoji', { a: '😀' }, null],
  ])('%s', (_name, value, expected) => {
    expect(valueFault(value)).toBe(expected);
  });
});
