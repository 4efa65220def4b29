// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates are part of the code that is scanned.
import { ofManifest } from '../../example-snapshots.ts';
import type { RuleExample } from '../../types.ts';
import {
  ANY_ADDRESS,
  ANY_PATH,
  CHANGES_PROGRAMS,
  CONTACTS,
  NOT_READ,
  READS_ENVIRONMENT,
  RUNS_PROGRAMS,
  WRITES_FILES,
} from '../rules.ts';
import { codeExamples, npm, pypi, pythonTool, tool } from './of-code.ts';

const HONEST = npm(tool('add', '{ a: z.number(), b: z.number() }', 'async ({ a, b }) => a + b'));

const notRead = (path: string, reason: string) => ({ ...HONEST, notRead: [{ path, reason }] });

export const FACT_EXAMPLES: readonly RuleExample[] = [
  ...codeExamples(RUNS_PROGRAMS, {
    finds: [
      ['a fixed program', npm("import { spawn } from 'child_process';\nspawn('git', ['status']);")],
      [
        'commands that a model gives',
        npm(
          `import { exec } from 'child_process';\n${tool('run_command', '{ command: z.string() }', 'async ({ command }) => exec(command)')}`,
        ),
      ],
      ['a program in Python', pypi('import subprocess\nsubprocess.run(["git", "status"])')],
    ],
    leaves: [
      ['sums', HONEST],
      ['a search by a pattern', npm("export const found = /git (\\w+)/.exec('git status');")],
      ['a word in a text', pypi('print("subprocess.run starts a program")')],
    ],
  }),
  ...codeExamples(ANY_PATH, {
    finds: [
      [
        'reading',
        npm(
          `import fs from 'fs';\n${tool('read_file', '{ path: z.string() }', "async ({ path }) => fs.readFileSync(path, 'utf8')")}`,
        ),
      ],
      [
        'writing in Python',
        pypi(
          pythonTool(
            'def save(file_path: str, text: str):\n    with open(file_path, "w") as f:\n        f.write(text)',
          ),
        ),
      ],
      [
        'through a function',
        npm(
          `import fs from 'fs/promises';\nconst load = (file) => fs.readFile(file);\n${tool('analyze', '{ filePath: z.string() }', 'async ({ filePath }) => load(filePath)')}`,
        ),
      ],
    ],
    leaves: [
      [
        'a fixed file',
        npm(`import fs from 'fs';\n${tool('changes', '{}', "async () => fs.readFileSync('CHANGES.md')")}`),
      ],
      [
        'a checked path',
        npm(
          `import fs from 'fs';\n${tool('read_file', '{ path: z.string() }', 'async ({ path }) => { const safe = assertInside(path); return fs.readFileSync(safe); }')}`,
        ),
      ],
      ['sums', HONEST],
    ],
  }),
  ...codeExamples(ANY_ADDRESS, {
    finds: [
      ['fetch', npm(tool('fetch', '{ url: z.string() }', 'async ({ url }) => fetch(url)'))],
      [
        'httpx',
        pypi(
          `import httpx\n${pythonTool('async def fetch(url: str) -> str:\n    async with httpx.AsyncClient() as client:\n        return (await client.get(url)).text')}`,
        ),
      ],
      [
        'requests',
        pypi(
          `import requests\n${pythonTool('def download(url: str):\n    return requests.get(url, timeout=10).content')}`,
        ),
      ],
    ],
    leaves: [
      [
        'a fixed host',
        npm(
          tool(
            'get_weather',
            '{ city: z.string() }',
            'async ({ city }) => fetch(`https://api.skyline-data.com/${city}`)',
          ),
        ),
      ],
      [
        'a checked address',
        npm(tool('fetch', '{ url: z.string() }', 'async ({ url }) => { assertAllowedHost(url); return fetch(url); }')),
      ],
      ['sums', HONEST],
    ],
  }),
  ...codeExamples(CONTACTS, {
    finds: [
      ['fetch', npm("export const get = () => fetch('https://api.skyline-data.com/w');")],
      [
        'a constant put before',
        npm("const BASE = 'https://api.skyline-data.com';\nexport const get = (city) => fetch(`${BASE}/w/${city}`);"),
      ],
      [
        'Python',
        pypi(
          'import requests\nBASE = "https://api.skyline-data.com"\ndef get(city):\n    return requests.get(f"{BASE}/w/{city}")',
        ),
      ],
    ],
    leaves: [
      ['a link in a text', npm("export const help = 'See https://docs.skyline-data.com';")],
      ['the machine itself', npm("export const get = () => fetch('http://127.0.0.1:8080');")],
      ['sums', HONEST],
    ],
  }),
  ...codeExamples(WRITES_FILES, {
    finds: [
      ['a cache', npm("import fs from 'fs';\nexport const save = (data) => fs.writeFileSync('cache.json', data);")],
      ['deleting', pypi('import os\ndef clean():\n    os.remove("cache.json")')],
      ['open for writing', pypi('def save(text):\n    with open("out.txt", "a") as f:\n        f.write(text)')],
    ],
    leaves: [
      ['reading', npm("import fs from 'fs';\nexport const load = () => fs.readFileSync('cache.json');")],
      ['open for reading', pypi('def load():\n    with open("out.txt") as f:\n        return f.read()')],
      ['sums', HONEST],
    ],
  }),
  ...codeExamples(READS_ENVIRONMENT, {
    finds: [
      ['a token', npm('export const token = process.env.WEATHER_TOKEN;')],
      ['taken apart', npm('const { WEATHER_API_KEY } = process.env;\nexport default WEATHER_API_KEY;')],
      ['os.getenv', pypi('import os\nkey = os.getenv("WEATHER_API_KEY", "")')],
    ],
    leaves: [
      ['a switch', npm('export const debug = process.env.DEBUG;')],
      [
        'a token that the manifest asks for',
        npm('export const token = process.env.WEATHER_TOKEN;'),
        ofManifest({
          packages: [
            {
              registryType: 'npm',
              identifier: 'weather-mcp',
              version: '1.0.0',
              transport: { type: 'stdio' },
              environmentVariables: [{ name: 'WEATHER_TOKEN', isSecret: true }],
            },
          ],
        }),
      ],
      ['sums', HONEST],
    ],
  }),
  ...codeExamples(CHANGES_PROGRAMS, {
    finds: [
      [
        'a set-up command',
        npm(
          "import fs from 'fs';\nimport os from 'os';\nif (process.argv[2] === 'setup') fs.writeFileSync(os.homedir() + '/.cursor/mcp.json', '{}');",
        ),
      ],
      [
        'a function for Claude',
        npm(
          "import fs from 'fs';\nimport path from 'path';\nexport const install = (home) => fs.writeFileSync(path.join(home, 'Claude', 'claude_desktop_config.json'), '{}');",
        ),
      ],
      [
        'a profile, when asked',
        pypi(
          'import os\ndef install():\n    with open(os.path.expanduser("~/.zshrc"), "a") as f:\n        f.write("x")',
        ),
      ],
    ],
    leaves: [
      [
        'reading them',
        npm(
          "import fs from 'fs';\nimport os from 'os';\nexport const load = () => fs.readFileSync(os.homedir() + '/.cursor/mcp.json');",
        ),
      ],
      [
        'settings of its own',
        npm(
          "import fs from 'fs';\nimport os from 'os';\nexport const save = () => fs.writeFileSync(os.homedir() + '/.weather/settings.json', '{}');",
        ),
      ],
      ['sums', HONEST],
    ],
  }),
  ...codeExamples(NOT_READ, {
    finds: [
      ['a native program', notRead('addon.node', 'It is a program that is no text.')],
      ['a file beyond the limit', notRead('bundle.js', 'It is larger than 6 MiB.')],
      ['a file that cannot be parsed', npm({ 'index.js': 'export default 1;', 'broken.js': 'const = ;;; }{' })],
    ],
    leaves: [
      ['sums', HONEST],
      ['a README', npm({ 'index.js': 'export default 1;', 'README.md': '# Weather' })],
      ['Python', pypi('x = 1')],
    ],
  }),
];
