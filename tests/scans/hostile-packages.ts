import { randomBytes } from 'node:crypto';
import type { TestPackage } from './registry.ts';

export const SCRIPT = '#!/usr/bin/env node\n';
const runnable = { bin: 'index.js' };
const files = { 'index.js': SCRIPT };

/** Packages of a registry at `url`; `canary` is a host that none of them may make us contact. */
export const hostilePackages = (url: string, canary: string): TestPackage[] => [
  {
    name: 'honest',
    version: '1.2.3',
    files,
    manifest: {
      bin: { honest: './index.js', other: 'other.js' },
      mcpName: 'io.github.acme/honest',
      license: 'MIT',
      repository: { type: 'git', url: 'git+https://github.com/acme/honest.git' },
      dependencies: { helper: '^1.0.0' },
      devDependencies: { 'never-fetched': '1.0.0' },
    },
    deprecated: 'use something else',
    publishedAt: '2026-05-04T03:02:01.000Z',
  },
  { name: 'honest', version: '2.0.0', files, manifest: runnable },
  {
    name: 'helper',
    version: '1.4.0',
    files: { 'main.js': '' },
    manifest: { scripts: { postinstall: 'touch /tmp/ran' } },
  },
  { name: '@acme/scoped', version: '1.0.0', files, manifest: runnable },
  {
    name: 'installs',
    version: '1.0.0',
    files: { ...files, 'install.js': "require('fs').writeFileSync('ran', '')" },
    manifest: {
      ...runnable,
      scripts: { preinstall: 'node install.js', install: 'node install.js', postinstall: 'node install.js' },
    },
  },
  {
    name: 'git-dependency',
    version: '1.0.0',
    files,
    manifest: { ...runnable, dependencies: { evil: `git+${canary}/evil.git` } },
  },
  {
    name: 'url-dependency',
    version: '1.0.0',
    files,
    manifest: { ...runnable, dependencies: { evil: `${canary}/evil.tgz` } },
  },
  {
    name: 'file-dependency',
    version: '1.0.0',
    files,
    manifest: { ...runnable, dependencies: { evil: 'file:../../../../etc' } },
  },
  {
    name: 'own-url-dependency',
    version: '1.0.0',
    files,
    manifest: { ...runnable, dependencies: { helper: `${url}/helper/-/1.4.0.tgz` } },
  },
  {
    name: 'tarball-elsewhere',
    version: '1.0.0',
    files,
    manifest: runnable,
    tarballUrl: `${canary}/tarball-elsewhere.tgz`,
  },
  { name: 'redirects', version: '1.0.0', files, manifest: runnable, tarballUrl: `${url}/redirect/${canary}/x.tgz` },
  {
    name: 'shrinkwrapped',
    version: '1.0.0',
    files: {
      ...files,
      'npm-shrinkwrap.json': JSON.stringify({
        name: 'shrinkwrapped',
        version: '1.0.0',
        lockfileVersion: 3,
        packages: {
          '': { name: 'shrinkwrapped', version: '1.0.0', dependencies: { helper: '1.4.0' } },
          'node_modules/helper': { version: '1.4.0', resolved: `${canary}/helper.tgz` },
        },
      }),
    },
    manifest: { ...runnable, dependencies: { helper: '1.4.0' }, _hasShrinkwrap: true },
  },
  {
    name: 'missing-dependency',
    version: '1.0.0',
    files,
    manifest: { ...runnable, dependencies: { 'not-there': '1.0.0' } },
  },
  { name: 'missing-version', version: '1.0.0', files, manifest: { ...runnable, dependencies: { helper: '^9.0.0' } } },
  {
    name: 'wrong-integrity',
    version: '1.0.0',
    files,
    manifest: runnable,
    integrity: `sha512-${Buffer.alloc(64).toString('base64')}`,
  },
  { name: 'other-platform', version: '1.0.0', files, manifest: { ...runnable, os: ['plan9'] } },
  { name: 'slow-tarball', version: '1.0.0', files, manifest: runnable, tarballUrl: `${url}/hang/tarball.tgz` },
  { name: 'bomb', version: '1.0.0', files: { ...files, zeros: Buffer.alloc(40 * 1024 * 1024) }, manifest: runnable },
  { name: 'large', version: '1.0.0', files: { ...files, noise: randomBytes(12 * 1024 * 1024) }, manifest: runnable },
  {
    name: 'confetti',
    version: '1.0.0',
    files: { ...files, ...Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`many/${index}`, ''])) },
    manifest: runnable,
  },
  {
    name: 'crowd',
    version: '1.0.0',
    files,
    manifest: { ...runnable, dependencies: { honest: '1.2.3', '@acme/scoped': '1.0.0' } },
  },
  { name: 'library', version: '1.0.0', files },
  { name: 'two-faces', version: '1.0.0', files, manifest: { bin: { one: 'index.js', two: 'other.js' } } },
  { name: 'escapes', version: '1.0.0', files, manifest: { bin: '../../../../../../bin/sh' } },
  { name: 'absent-file', version: '1.0.0', files, manifest: { bin: 'gone.js' } },
  { name: 'links-out', version: '1.0.0', files, links: { 'link.js': '/etc/passwd' }, manifest: { bin: 'link.js' } },
  { name: 'needs-bun', version: '1.0.0', files: { 'index.js': '#!/usr/bin/env bun\n' }, manifest: runnable },
  {
    name: 'with-options',
    version: '1.0.0',
    files: { 'index.js': '#!/usr/bin/env -S node --no-warnings\n' },
    manifest: runnable,
  },
  { name: 'shell-script', version: '1.0.0', files: { 'start.sh': '#!/bin/sh\n' }, manifest: { bin: 'start.sh' } },
];
