import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { handleApi } from '#lib/http/api/handle-api.ts';
import { withCedar } from '#lib/orgs/policy/cedar-engine.ts';
import { POLICY_SCHEMA } from '#lib/orgs/policy/schema.ts';
import { POLICY_TEMPLATES } from '#lib/orgs/policy/templates.ts';

const docs = fs.readFileSync(path.resolve(import.meta.dirname, '../../../docs/policy.md'), 'utf8');

test('docs/policy.md has the schema and the templates that there are', () => {
  expect(docs).toContain(POLICY_SCHEMA.trimEnd());
  for (const { title, effect, says } of POLICY_TEMPLATES) expect(docs).toContain(`| ${title} | ${effect} | ${says} |`);
});

test('the schema is published as text and as JSON that Cedar takes for the same', async () => {
  const ask = (query: string) => handleApi(new Request(`http://hallmark.test/api/v1/policy-schema${query}`));
  const text = await ask('');
  expect(text?.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await text?.text()).toBe(POLICY_SCHEMA);
  const json = (await (await ask('?format=json'))?.json()) as never;
  expect(withCedar((cedar) => cedar.checkParseSchema(json))).toEqual({ type: 'success' });
  expect(Object.keys((json as { Hallmark: { entityTypes: object } }).Hallmark.entityTypes).sort()).toEqual([
    'Organization',
    'Person',
    'ServerVersion',
    'Team',
  ]);
  expect((await ask('?format=xml'))?.status).toBe(400);
  const posted = await handleApi(new Request('http://hallmark.test/api/v1/policy-schema', { method: 'POST' }));
  expect(posted?.status).toBe(405);
});
