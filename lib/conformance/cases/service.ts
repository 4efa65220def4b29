import { parse } from 'yaml';
import { healthSchema, pingSchema, versionSchema } from '#lib/http/registry/schemas.ts';
import { ensure, expectStatus, isObject, parseBody, requireOffered } from '../assertions.ts';
import { inArea, SOURCES } from './define.ts';

export const serviceCases = inArea('service', [
  {
    id: 'service-health',
    title: '`/v0.1/health` says that it runs',
    why: '`mcp-publisher login github` reads the client id from it.',
    reference: SOURCES.official,
    level: 'should',
    async run(registry) {
      parseBody(requireOffered(await registry.get('/v0.1/health')), healthSchema, 'status "ok"');
    },
  },
  {
    id: 'service-ping',
    title: '`/v0.1/ping` answers',
    why: 'Monitors ask it.',
    reference: SOURCES.official,
    level: 'should',
    async run(registry) {
      parseBody(requireOffered(await registry.get('/v0.1/ping')), pingSchema, 'pong true');
    },
  },
  {
    id: 'service-version',
    title: '`/v0.1/version` names version, commit and build time',
    why: 'A report of a fault needs to say of which version.',
    reference: SOURCES.official,
    level: 'should',
    async run(registry) {
      const answer = requireOffered(await registry.get('/v0.1/version'));
      parseBody(answer, versionSchema, 'version, git_commit and build_time');
    },
  },
  {
    id: 'service-openapi',
    title: '`/openapi.yaml` describes the readings as OpenAPI 3',
    why: 'People generate clients from it.',
    reference: SOURCES.openapi,
    level: 'should',
    async run(registry) {
      const answer = requireOffered(await registry.get('/openapi.yaml'));
      expectStatus(answer, 200);
      const document: unknown = parse(answer.text);
      ensure(isObject(document) && /^3\./.test(String(document.openapi)), answer, 'openapi 3', answer.text);
      const paths = isObject(document.paths) ? Object.keys(document.paths) : [];
      for (const path of ['/servers', '/servers/{serverName}/versions', '/servers/{serverName}/versions/{version}']) {
        const isThere = paths.some((name) => name.replace(/^\/v0(?:\.1)?/, '') === path);
        ensure(isThere, answer, `the path ${path}`, paths.join(', '));
      }
    },
  },
]);
