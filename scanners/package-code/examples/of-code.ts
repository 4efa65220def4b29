import type { JsonObject } from '#lib/manifest/types.ts';
import { ofTools } from '../../example-snapshots.ts';
import type { InputSnapshot, Rule, RuleExample } from '../../types.ts';
import type { PackageFiles } from '../types.ts';

type Case = readonly [shows: string, source: PackageFiles, snapshot?: InputSnapshot];

/** A package of these files; a text stands for its only one. */
export const npm = (files: string | Record<string, string>, manifest: JsonObject = {}): PackageFiles =>
  ofFiles('npm', 'index.js', files, manifest);
export const pypi = (files: string | Record<string, string>): PackageFiles => ofFiles('pypi', 'server.py', files, null);

function ofFiles(
  ecosystem: PackageFiles['ecosystem'],
  main: string,
  files: string | Record<string, string>,
  manifest: JsonObject | null,
): PackageFiles {
  const all = typeof files === 'string' ? { [main]: files } : files;
  const whole = manifest === null ? null : { name: 'weather-mcp', version: '1.0.0', ...manifest };
  return {
    ecosystem,
    name: 'weather-mcp',
    version: '1.0.0',
    manifest: whole,
    files: [
      ...(whole === null ? [] : [{ path: 'package.json', text: JSON.stringify(whole, null, 2) }]),
      ...Object.entries(all).map(([path, text]) => ({ path, text })),
    ],
    notRead: [],
  };
}

/** The beginning of a server in JavaScript, and one tool of it. */
export const tool = (name: string, schema: string, handler: string): string => `
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
const server = new McpServer({ name: 'weather', version: '1.0.0' });
server.registerTool('${name}', { description: 'A tool.', inputSchema: ${schema} }, ${handler});
`;

/** The beginning of a server in Python, and one tool of it. */
export const pythonTool = (definition: string): string => `
from mcp.server.fastmcp import FastMCP
mcp = FastMCP("weather")

@mcp.tool()
${definition}
`;

const SNAPSHOT: InputSnapshot = ofTools({ name: 'get_weather', description: 'Returns the weather.' });

export function codeExamples(rule: Rule, cases: { finds: readonly Case[]; leaves: readonly Case[] }): RuleExample[] {
  const example = (expect: RuleExample['expect'], [shows, source, snapshot = SNAPSHOT]: Case): RuleExample => ({
    ruleId: rule.id,
    expect,
    shows,
    snapshot,
    source,
  });
  return [...cases.finds.map((c) => example('finding', c)), ...cases.leaves.map((c) => example('no finding', c))];
}
