import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { collectPackage } from '#lib/scans/package-source/collect.ts';
import { collect, inDirectory, paths, reasons } from './support.ts';

function write(dir: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

test('a directory is read without packages of others, links and pipes', async () => {
  await inDirectory(async (dir) => {
    write(dir, {
      'package.json': '{"name":"weather-mcp","version":"1.0.0"}',
      'src/index.js': '1;',
      'bin/weather': '#!/usr/bin/env node\n1;',
      'bin/notes': 'just words',
      'node_modules/x/index.js': '1;',
      '.git/config': 'x',
    });
    symlinkSync('/etc/passwd', join(dir, 'passwd.js'));
    symlinkSync('/', join(dir, 'root'));
    symlinkSync(dir, join(dir, 'src/loop'));
    execFileSync('mkfifo', [join(dir, 'pipe.js')]);
    const files = await collect({ kind: 'directory', dir });
    expect(paths(files)).toEqual(['bin/weather.js', 'package.json', 'src/index.js']);
    expect(reasons(files)).toEqual([
      'node_modules: It belongs to other packages.',
      'passwd.js: It is a link, which is not followed, and so do 2 more.',
    ]);
  });
});

test('a directory of more files than are looked at is read up to there', async () => {
  await inDirectory(async (dir) => {
    write(dir, Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`d/${i}.js`, '1;'])));
    const files = await collect({ kind: 'directory', dir }, { entries: 20 });
    expect(files.files.length).toBeLessThanOrEqual(20);
    expect(reasons(files)).toEqual(['d: It comes after 20 other files.']);
  });
});

test('of an installed Python distribution only its own files are read', async () => {
  await inDirectory(async (dir) => {
    write(dir, {
      'weather_mcp/server.py': 'x = 1',
      'other/evil.py': 'y = 1',
      'weather_mcp-1.0.dist-info/METADATA': 'Name: weather-mcp\nVersion: 1.0\n',
      'weather_mcp-1.0.dist-info/RECORD':
        'weather_mcp/server.py,sha256=x,5\n"weather_mcp-1.0.dist-info/METADATA",,\n../../bin/weather,,\n/etc/passwd,,\nweather_mcp/../../x.py,,\nweather_mcp/gone.py,,\n',
    });
    const identity = { ecosystem: 'pypi', name: 'weather.mcp', version: '1.0' } as const;
    const files = await collectPackage({ kind: 'distribution', dir, name: 'Weather.MCP', version: '1.0' }, identity);
    expect(paths(files)).toEqual(['weather_mcp-1.0.dist-info/METADATA', 'weather_mcp/server.py']);
    expect(reasons(files)).toEqual(['weather_mcp/gone.py: It could not be opened.']);
  });
});
