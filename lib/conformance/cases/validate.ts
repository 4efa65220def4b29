import { validationResultSchema } from '#lib/http/registry/schemas.ts';
import { CURRENT_SCHEMA_DATE, schemaUrl } from '#lib/manifest/index.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { ensure, expectStatus, parseBody, requireOffered } from '../assertions.ts';
import { type Registry, versionsPath } from '../registry.ts';
import { inArea, SOURCES } from './define.ts';

const VALID: JsonObject = {
  $schema: schemaUrl(CURRENT_SCHEMA_DATE),
  name: 'org.conformance/validated-only',
  description: 'Checked and not published.',
  version: '1.0.0',
};

const send = async (registry: Registry, body: unknown) => requireOffered(await registry.post('/v0.1/validate', body));

async function check(registry: Registry, body: unknown) {
  const answer = await send(registry, body);
  return { answer, result: parseBody(answer, validationResultSchema, 'a ValidationResult') };
}

export const validateCases = inArea('validate', [
  {
    id: 'validate-valid',
    title: 'A valid server.json is valid, without signing in, and is not published',
    why: '`mcp-publisher validate` runs before every release.',
    reference: SOURCES.official,
    level: 'should',
    async run(registry) {
      const { answer, result } = await check(registry, VALID);
      ensure(result.valid, answer, 'valid true', answer.text);
      const errors = result.issues.filter(({ severity }) => severity === 'error');
      ensure(errors.length === 0, answer, 'no error', answer.text);
      expectStatus(await registry.get(versionsPath(VALID.name as string)), 404);
    },
  },
  {
    id: 'validate-issues',
    title: 'An invalid one is answered with 200 and every issue, each with its path',
    why: 'A publisher mends one fault a run otherwise.',
    reference: SOURCES.official,
    level: 'should',
    async run(registry) {
      const packages = [{ registryType: 'npm', identifier: 'a b', version: '^1.0.0', transport: { type: 'stdio' } }];
      const { answer, result } = await check(registry, { ...VALID, version: '>=1.2.3', packages });
      ensure(!result.valid, answer, 'valid false', answer.text);
      for (const path of ['version', 'packages[0].version']) {
        const isNamed = result.issues.some((issue) => issue.path === path);
        ensure(isNamed, answer, `an issue at ${path}`, result.issues.map((issue) => issue.path).join(', ') || 'none');
      }
    },
  },
  {
    id: 'validate-required',
    title: 'A server.json without its required members is invalid, or refused with 422',
    why: 'It would be refused on publication.',
    reference: SOURCES.official,
    level: 'should',
    async run(registry) {
      for (const member of ['$schema', 'name', 'description', 'version']) {
        const answer = await send(registry, { ...VALID, [member]: undefined });
        // The official server refuses what its schema does, and judges the rest.
        if (answer.status === 422) continue;
        const { valid } = parseBody(answer, validationResultSchema, 'a ValidationResult');
        ensure(!valid, answer, `valid false without ${member}`, answer.text);
      }
    },
  },
]);
