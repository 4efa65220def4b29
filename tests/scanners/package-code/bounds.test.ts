import { describe, expect, test } from 'vitest';
import { CODE_LIMITS } from '#scanners/package-code/limits.ts';
import { prepareParsers } from '#scanners/package-code/parse/parsers.ts';
import { readCode } from '#scanners/package-code/read-code.ts';
import { seededRandom, shuffled } from '../random.ts';
import { codeOf, npm, pypi, reportOf, tool } from './support.ts';

const EXEC = "import { exec } from 'child_process';\n";
const INJECTED = `${EXEC}${tool('ping', '{ host: z.string() }', "async ({ host }) => { exec('ping ' + host); }")}`;

const reasons = (source: ReturnType<typeof npm>): string[] =>
  codeOf(source).notRead.map(({ path, reason }) => `${path}: ${reason}`);

describe('input made to exhaust the reader ends', () => {
  const many = (part: string, count: number) => part.repeat(count);
  test.each([
    ['a long sum', npm(`const a = ${many("'x' + ", 50_000)}'x';`)],
    ['a long chain of members', npm(`a${many('.b', 20_000)};`)],
    ['a long chain of calls', npm(`a${many('.b()', 5_000)};`)],
    ['a long chain of conditions', npm(`${many('if (a) b(); else ', 3_000)}c();`)],
    ['a long chain of choices', npm(`const x = ${many('a ? b : ', 3_000)}c;`)],
    ['thousands of functions', npm(many('function f(a) { return g(a); }\n', 20_000))],
    [
      'functions that call each other',
      npm(
        `${EXEC}${Array.from({ length: 200 }, (_, i) => `function f${i}(a) { ${Array.from({ length: 20 }, (_, j) => `f${(i + j + 1) % 200}(a);`).join('')} }`).join('\n')}\n${tool('ping', '{ host: z.string() }', 'async ({ host }) => f0(host)')}`,
      ),
    ],
    ['functions within functions', npm(`${many('function f() {', 300)}${many('}', 300)}`)],
    [
      'calls that hold a program each',
      npm(
        `import { exec } from 'child_process';\n${many('exec("x", function () {', 150)}${many('y();', 100_000)}${many('});', 150)}`,
      ),
    ],
    [
      'a script that never ends its quotes',
      npm({ 'index.js': '1;' }, { scripts: { postinstall: many('node -e "', 100_000) } }),
    ],
    ['a list that grows in a loop', npm(`${many('list.push(list);\n', 20_000)}`)],
    ['texts that double', npm(Array.from({ length: 200 }, (_, i) => `const t${i + 1} = t${i} + t${i};`).join('\n'))],
    ['objects within objects', npm(`const o = ${many('{a:', 150)}1${many('}', 150)};`)],
    ['classes that are each other’s parents', npm('class A extends B {}\nclass B extends A {}\nnew A().x();')],
    ['a long Python expression', pypi(`x = ${many('a + ', 20_000)}b`)],
    ['long Python chains of elif', pypi(`if a:\n  pass\n${many('elif a:\n  pass\n', 3_000)}`)],
    [
      'modules in a circle',
      npm({
        'index.js': "export * from './a.js';",
        'a.js': "export * from './b.js'; import { x } from './index.js'; x();",
        'b.js': "export * from './index.js'; export { x } from './a.js';",
      }),
    ],
    [
      'a package that imports itself',
      pypi({
        'weather/__init__.py': 'from . import weather\nfrom weather import weather\nweather.x()',
        'weather/weather.py': 'from . import *\nfrom .weather import y\ny()',
      }),
    ],
  ])('%s', (_, source) => {
    const { filesRead } = codeOf(source);
    expect(filesRead).toBeGreaterThan(0);
  });
});

describe('what could not be read is said', () => {
  test('a file with syntax errors', () => {
    expect(reasons(npm({ 'index.js': 'export default 1;', 'broken.js': '}{ const = ;' }))).toEqual([
      'broken.js: It has syntax errors.',
    ]);
  });

  test('nesting beyond the limit', () => {
    const deep = `x = ${'['.repeat(CODE_LIMITS.depth + 50)}${']'.repeat(CODE_LIMITS.depth + 50)}`;
    expect(reasons(npm(deep))).toEqual([`index.js: Nesting deeper than ${CODE_LIMITS.depth} levels was not read.`]);
    expect(reasons(pypi(deep))).toEqual([`server.py: Nesting deeper than ${CODE_LIMITS.depth} levels was not read.`]);
  });

  test('more Python than is read', () => {
    expect(reasons(pypi({ 'a.py': 'x = 1', 'data.py': `x = "${'y'.repeat(CODE_LIMITS.pythonFileBytes)}"` }))).toEqual([
      'data.py: It is more Python than is read.',
    ]);
  });

  test('tests and sources that were left out', () => {
    expect(reasons(npm({ 'dist/index.js': '1;', 'src/index.ts': '1;', 'test/a.js': '1;' }))).toEqual([
      '*.ts: 1 TypeScript sources stand beside the compiled code, which was read instead.',
      'tests: 1 files of tests and examples were read only where other files use them.',
    ]);
  });

  test('a parser that throws', async () => {
    const parsers = await prepareParsers();
    const failing = {
      ...parsers,
      javascript: () => {
        throw new Error('out of luck');
      },
    };
    const { notRead, filesRead } = readCode(npm('1;'), failing);
    expect([filesRead, notRead]).toEqual([0, [{ path: 'index.js', reason: 'It could not be parsed: out of luck' }]]);
  });
});

test('what follows a fault in one file is found in another', () => {
  const { findings } = reportOf(npm({ 'a.js': '}{ const = ;', 'index.js': INJECTED }));
  expect(findings.map(({ ruleId }) => ruleId)).toContain('code.command-injection');
});

test('a large bundle is read by itself and found in', () => {
  const filler = Array.from({ length: 30_000 }, (_, i) => `function f${i}(a,b){return a?b+${i}:g(a)}`).join('');
  expect(filler.length).toBeGreaterThan(CODE_LIMITS.followedFileBytes);
  const { findings } = reportOf(npm({ 'index.js': "import './bundle.js';", 'bundle.js': `${filler}\n${INJECTED}` }));
  expect(findings.map(({ ruleId }) => ruleId)).toContain('code.command-injection');
});

test.each([1, 2, 3])('the same files give the same report, in whatever order they come (%i)', (seed) => {
  const source = npm({
    'index.js': INJECTED,
    'b.js': "fetch('https://t.cdn-stats.net/x');",
    'c.js': `eval(atob("${Buffer.from('console.log(1, 2, 3)').toString('base64')}"));`,
    'README.md': '# x',
  });
  const report = JSON.stringify(reportOf(source));
  expect(JSON.stringify(reportOf(source))).toBe(report);
  expect(JSON.stringify(reportOf({ ...source, files: shuffled(seededRandom(seed), source.files) }))).toBe(report);
});
