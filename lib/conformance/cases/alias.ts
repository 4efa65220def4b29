import { ensure, expectRefusal } from '../assertions.ts';
import { listPath, versionPath, versionsPath } from '../registry.ts';
import { inArea, SOURCES } from './define.ts';

const aliasOf = (path: string) => path.replace('/v0.1/', '/v0/');

export const aliasCases = inArea('alias', [
  {
    id: 'alias-reads',
    title: 'The readings under /v0 answer as those under /v0.1',
    why: 'Docker and older ToolHive read /v0.',
    reference: `${SOURCES.official}; ${SOURCES.docker}`,
    level: 'must',
    async run(registry) {
      const { name, version } = await registry.known();
      for (const path of [listPath({ limit: '5' }), versionsPath(name), versionPath(name, version)]) {
        const { text } = await registry.get(path);
        const answer = await registry.get(aliasOf(path));
        ensure(answer.status === 200, answer, 'status 200', `status ${answer.status} ${answer.text}`);
        ensure(answer.text === text, answer, `the body of ${path}: ${text}`, answer.text);
      }
    },
  },
  {
    id: 'alias-refusals',
    title: 'What /v0.1 refuses /v0 refuses',
    why: 'A client of /v0 that asks wrongly must learn of it.',
    reference: SOURCES.official,
    level: 'must',
    async run(registry) {
      expectRefusal(await registry.get(aliasOf(versionsPath('org.conformance/no-such-server'))), 404);
      const { status } = await registry.list({ limit: '0' });
      const answer = await registry.get(aliasOf(listPath({ limit: '0' })));
      ensure(answer.status === status, answer, `status ${status}, as under /v0.1`, `status ${answer.status}`);
    },
  },
]);
