// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates are part of the code that is scanned.
import { ofTools } from '../../example-snapshots.ts';
import type { RuleExample } from '../../types.ts';
import { CODE_INJECTION, COMMAND_INJECTION, PATH_TRAVERSAL, SQL_INJECTION, SSRF } from '../rules.ts';
import { codeExamples, npm, pypi, pythonTool, tool } from './of-code.ts';

const low = (cases: string): string => `
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema } from '@modelcontextprotocol/sdk/types.js';
const server = new Server({ name: 'weather' }, {});
server.setRequestHandler(CallToolRequestSchema, async (request) => {
  const { name, arguments: args } = request.params;
  switch (name) {
    ${cases}
  }
});
`;

const COMMANDS = codeExamples(COMMAND_INJECTION, {
  finds: [
    [
      'a template that a shell reads',
      npm(
        `import { exec } from 'node:child_process';\n${tool('git_log', '{ branch: z.string() }', 'async ({ branch }) => { exec(`git log ${branch}`); }')}`,
      ),
    ],
    [
      'a switch over the names of tools',
      npm(
        `const { execSync } = require('child_process');\n${low("case 'ping': return execSync('ping -c 1 ' + args.host);")}`,
      ),
    ],
    [
      'promisified, through a function of the package',
      npm({
        'index.js': `import { runGit } from './git.js';\n${tool('git_diff', '{ ref: z.string() }', 'async (args) => runGit(args.ref)')}`,
        'git.js': `import { exec } from 'child_process';\nimport { promisify } from 'util';\nconst run = promisify(exec);\nexport async function runGit(ref) { return (await run(\`git diff \${ref}\`)).stdout; }`,
      }),
    ],
    [
      'spawn with a shell',
      npm(
        `import { spawn } from 'child_process';\n${tool('convert', '{ file: z.string() }', "async ({ file }) => { spawn('convert', [file, 'out.png'], { shell: true }); }")}`,
      ),
    ],
    [
      'sh -c',
      npm(
        `import { execFile } from 'child_process';\n${tool('lookup', '{ host: z.string() }', "async ({ host }) => { execFile('sh', ['-c', `dig ${host}`]); }")}`,
      ),
    ],
    [
      'Python with shell=True',
      pypi(
        `import subprocess\n${pythonTool('def ping(host: str) -> str:\n    return subprocess.run(f"ping -c 1 {host}", shell=True, capture_output=True).stdout')}`,
      ),
    ],
    [
      'os.system',
      pypi(`import os\n${pythonTool('def archive(name: str):\n    os.system("tar czf backup.tgz " + name)')}`),
    ],
    [
      'call_tool of the Python library',
      pypi(
        'import subprocess\nfrom mcp.server import Server\nserver = Server("x")\n@server.call_tool()\nasync def call_tool(name: str, arguments: dict):\n    if name == "whois":\n        domain = arguments["domain"]\n        return subprocess.check_output("whois %s" % domain, shell=True)\n',
      ),
    ],
    [
      'FastMCP for JavaScript',
      npm(
        "import { FastMCP } from 'fastmcp';\nimport { exec } from 'child_process';\nimport { z } from 'zod';\nconst server = new FastMCP({ name: 'x' });\nserver.addTool({ name: 'open_app', description: 'Opens an app', parameters: z.object({ app: z.string() }), execute: async (args) => { exec(`open -a ${args.app}`); } });",
      ),
    ],
  ],
  leaves: [
    [
      'a list of arguments and no shell',
      npm(
        `import { execFile } from 'child_process';\n${tool('git_log', '{ branch: z.string() }', "async ({ branch }) => { execFile('git', ['log', branch]); }")}`,
      ),
    ],
    [
      'an argument of fixed choices',
      npm(
        `import { exec } from 'child_process';\n${tool('git_log', "{ format: z.enum(['short', 'full']) }", 'async ({ format }) => { exec(`git log --format=${format}`); }')}`,
      ),
    ],
    [
      'a number',
      npm(
        `import { exec } from 'child_process';\n${tool('git_log', '{ count: z.number().int() }', 'async ({ count }) => { exec(`git log -n ${count}`); }')}`,
      ),
    ],
    [
      'a check against a list',
      npm(
        `import { exec } from 'child_process';\nconst ALLOWED = ['main', 'next'];\n${tool('git_log', '{ branch: z.string() }', "async ({ branch }) => { if (!ALLOWED.includes(branch)) throw new Error('no'); exec(`git log ${branch}`); }")}`,
      ),
    ],
    [
      'shlex.quote',
      pypi(
        `import subprocess, shlex\n${pythonTool('def ping(host: str) -> str:\n    return subprocess.run(f"ping -c 1 {shlex.quote(host)}", shell=True)')}`,
      ),
    ],
    [
      'a tool that says it runs commands',
      npm(
        `import { exec } from 'child_process';\n${tool('run_command', '{ command: z.string() }', 'async ({ command }) => { exec(command); }')}`,
      ),
    ],
    [
      'a command without anything of the model',
      npm(`import { exec } from 'child_process';\n${tool('git_status', '{}', "async () => { exec('git status'); }")}`),
    ],
    [
      'an integer in Python',
      pypi(
        `import subprocess\n${pythonTool('def head(lines: int) -> str:\n    return subprocess.getoutput(f"head -n {lines} log.txt")')}`,
      ),
    ],
    [
      'an argument whose type the tool declares as a number',
      npm(
        `const { execSync } = require('child_process');\n${low("case 'kill': return execSync('kill ' + args.pid);")}`,
      ),
      ofTools({
        name: 'kill',
        description: 'Ends a process.',
        inputSchema: { type: 'object', properties: { pid: { type: 'integer' } } },
      }),
    ],
  ],
});

const CODE = codeExamples(CODE_INJECTION, {
  finds: [
    [
      'a calculator that evaluates',
      npm(
        tool(
          'calculate',
          '{ expression: z.string() }',
          'async ({ expression }) => ({ content: [{ type: "text", text: String(eval(expression)) }] })',
        ),
      ),
    ],
    [
      'new Function',
      npm(tool('compute', '{ formula: z.string() }', 'async ({ formula }) => new Function("return " + formula)()')),
    ],
    ['eval in Python', pypi(pythonTool('def calculate(expression: str) -> str:\n    return str(eval(expression))'))],
    [
      'pickle',
      pypi(
        `import pickle, base64\n${pythonTool('def restore(state: str):\n    return pickle.loads(base64.b64decode(state))')}`,
      ),
    ],
  ],
  leaves: [
    [
      'a tool that says it runs code',
      npm(tool('run_javascript', '{ code: z.string() }', 'async ({ code }) => eval(code)')),
    ],
    [
      'a parser of numbers',
      npm(tool('calculate', '{ expression: z.string() }', 'async ({ expression }) => Number(expression)')),
    ],
    [
      'ast.literal_eval',
      pypi(`import ast\n${pythonTool('def parse(expression: str):\n    return ast.literal_eval(expression)')}`),
    ],
    [
      'a look for the global object',
      npm(
        `const root = Function('return this')();\n${tool('ping', '{ host: z.string() }', 'async ({ host }) => host')}`,
      ),
    ],
    [
      'a checked formula',
      npm(
        tool(
          'calculate',
          '{ expression: z.string() }',
          "async ({ expression }) => { if (!/^[0-9+*\\/ ().-]+$/.test(expression)) throw new Error('no'); return eval(expression); }",
        ),
      ),
    ],
  ],
});

const PATHS = codeExamples(PATH_TRAVERSAL, {
  finds: [
    [
      'joined to a directory',
      npm(
        `import fs from 'node:fs/promises';\nimport path from 'node:path';\nconst NOTES = '/data/notes';\n${tool('read_note', '{ title: z.string() }', "async ({ title }) => fs.readFile(path.join(NOTES, title), 'utf8')")}`,
      ),
    ],
    [
      'a template',
      npm(
        `import { writeFileSync } from 'fs';\n${tool('save', '{ id: z.string(), text: z.string() }', 'async ({ id, text }) => { writeFileSync(`./store/${id}.json`, text); }')}`,
      ),
    ],
    [
      'os.path.join in Python',
      pypi(
        `import os\nBASE = "/srv/files"\n${pythonTool('def read_file(filename: str) -> str:\n    with open(os.path.join(BASE, filename)) as f:\n        return f.read()')}`,
      ),
    ],
    [
      'pathlib',
      pypi(
        `from pathlib import Path\nROOT = Path("/srv/notes")\n${pythonTool('def delete_note(name: str):\n    (ROOT / name).unlink()')}`,
      ),
    ],
    [
      'an argument that does not sound like a path',
      npm(
        `import fs from 'fs';\n${tool('get_weather', '{ city: z.string() }', "async ({ city }) => fs.readFileSync(city, 'utf8')")}`,
      ),
    ],
  ],
  leaves: [
    [
      'a check that it stays inside',
      npm(
        `import fs from 'fs';\nimport path from 'path';\nconst BASE = '/data/notes';\n${tool('read_note', '{ title: z.string() }', "async ({ title }) => { const full = path.resolve(BASE, title); if (!full.startsWith(BASE + path.sep)) throw new Error('outside'); return fs.readFileSync(full); }")}`,
      ),
    ],
    [
      'a check in a function of its own',
      npm({
        'index.js': `import fs from 'fs/promises';\nimport { validatePath } from './paths.js';\n${tool('read_file', '{ path: z.string() }', 'async (args) => { const valid = await validatePath(args.path); return fs.readFile(valid); }')}`,
        'paths.js':
          "import path from 'path';\nexport async function validatePath(given) { const full = path.resolve('/data', given); if (!full.startsWith('/data/')) throw new Error('denied'); return full; }",
      }),
    ],
    [
      'the last part of a path',
      npm(
        `import fs from 'fs';\nimport path from 'path';\n${tool('read_note', '{ title: z.string() }', "async ({ title }) => fs.readFileSync(path.join('/data', path.basename(title)))")}`,
      ),
    ],
    [
      'a tool that takes any path and says so',
      npm(
        `import fs from 'fs';\n${tool('read_file', '{ path: z.string() }', "async ({ path }) => fs.readFileSync(path, 'utf8')")}`,
      ),
    ],
    [
      'is_relative_to',
      pypi(
        `from pathlib import Path\nROOT = Path("/srv/notes")\n${pythonTool('def read_note(name: str):\n    p = (ROOT / name).resolve()\n    if not p.is_relative_to(ROOT):\n        raise ValueError("outside")\n    return p.read_text()')}`,
      ),
    ],
    [
      'only letters and digits left',
      npm(
        `import fs from 'fs';\n${tool('save', '{ id: z.string() }', "async ({ id }) => { const safe = id.replace(/[^a-z0-9]/gi, ''); fs.writeFileSync(`./store/${safe}.json`, ''); }")}`,
      ),
    ],
  ],
});

const REQUESTS = codeExamples(SSRF, {
  finds: [
    [
      'part of the host',
      npm(tool('get_shop', '{ shop: z.string() }', 'async ({ shop }) => fetch(`https://${shop}/admin/api.json`)')),
    ],
    [
      'a subdomain',
      npm(
        `import axios from 'axios';\n${tool('list_issues', '{ tenant: z.string() }', 'async ({ tenant }) => axios.get("https://" + tenant + ".example.net/issues")')}`,
      ),
    ],
    [
      'the host in Python',
      pypi(
        `import requests\n${pythonTool('def status(machine: str):\n    return requests.get(f"http://{machine}:8080/status").json()')}`,
      ),
    ],
  ],
  leaves: [
    [
      'behind the host',
      npm(
        tool(
          'get_weather',
          '{ city: z.string() }',
          'async ({ city }) => fetch(`https://api.weather.example/v1/${city}`)',
        ),
      ),
    ],
    [
      'a tool that takes an address and says so',
      npm(tool('fetch', '{ url: z.string().url() }', 'async ({ url }) => fetch(url)')),
    ],
    [
      'a list of hosts',
      npm(
        `const HOSTS = new Set(['a.example.net', 'b.example.net']);\n${tool('status', '{ machine: z.string() }', "async ({ machine }) => { if (!HOSTS.has(machine)) throw new Error('unknown'); return fetch(`https://${machine}/status`); }")}`,
      ),
    ],
    [
      'a region of fixed choices',
      npm(
        tool(
          'status',
          "{ region: z.enum(['eu', 'us']) }",
          'async ({ region }) => fetch(`https://${region}.weather.example/status`)',
        ),
      ),
    ],
  ],
});

const STATEMENTS = codeExamples(SQL_INJECTION, {
  finds: [
    [
      'a template',
      npm(
        `import pg from 'pg';\nconst pool = new pg.Pool();\n${tool('find_user', '{ email: z.string() }', "async ({ email }) => pool.query(`SELECT * FROM users WHERE email = '${email}'`)")}`,
      ),
    ],
    [
      'the name of a table',
      pypi(
        `import sqlite3\ndb = sqlite3.connect("x.db")\n${pythonTool('def describe_table(table_name: str):\n    return db.execute(f"PRAGMA table_info({table_name})").fetchall()')}`,
      ),
    ],
    [
      'formatting in Python',
      pypi(
        `import sqlite3\n${pythonTool('def find(name: str):\n    cur = sqlite3.connect("x.db").cursor()\n    cur.execute("SELECT * FROM notes WHERE name = \'%s\'" % name)\n    return cur.fetchall()')}`,
      ),
    ],
  ],
  leaves: [
    [
      'parameters',
      npm(
        `import pg from 'pg';\nconst pool = new pg.Pool();\n${tool('find_user', '{ email: z.string() }', "async ({ email }) => pool.query('SELECT * FROM users WHERE email = $1', [email])")}`,
      ),
    ],
    [
      'a tagged template',
      npm(
        `import postgres from 'postgres';\nconst sql = postgres();\n${tool('find_user', '{ email: z.string() }', 'async ({ email }) => sql`SELECT * FROM users WHERE email = ${email}`')}`,
      ),
    ],
    [
      'a statement taken whole',
      npm(
        `import pg from 'pg';\nconst pool = new pg.Pool();\n${tool('query', '{ sql: z.string() }', 'async ({ sql }) => pool.query(sql)')}`,
      ),
    ],
    [
      'parameters in Python',
      pypi(
        `import sqlite3\n${pythonTool('def find(name: str):\n    cur = sqlite3.connect("x.db").cursor()\n    return cur.execute("SELECT * FROM notes WHERE name = ?", (name,)).fetchall()')}`,
      ),
    ],
  ],
});

export const INJECTION_EXAMPLES: readonly RuleExample[] = [...COMMANDS, ...CODE, ...PATHS, ...REQUESTS, ...STATEMENTS];
