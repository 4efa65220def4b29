import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { GATEWAY_REASONS, parseGatewayConfig, readGatewayConfig } from '#lib/gateway/index.ts';

const docs = await readFile(path.resolve(import.meta.dirname, '../../docs/gateway.md'), 'utf8');

test('docs/gateway.md has every code with its meaning', () => {
  for (const [code, meaning] of Object.entries(GATEWAY_REASONS)) expect(docs).toContain(`| \`${code}\` | ${meaning} |`);
});

test('the configuration in docs/gateway.md is one', () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(docs)?.[1] ?? '';
  const config = parseGatewayConfig(readGatewayConfig(yaml, 'docs/gateway.md'), 'docs/gateway.md');
  expect(Object.keys(config.servers)).toEqual(['files', 'tickets']);
});
