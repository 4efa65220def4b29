import { ensure } from '../assertions.ts';
import type { Answer } from '../http-client.ts';
import { type Registry, versionPath, versionsPath } from '../registry.ts';
import { inArea, SOURCES } from './define.ts';

const ORIGIN = 'https://vscode.dev';

async function paths(registry: Registry): Promise<string[]> {
  const { name, version } = await registry.known();
  return ['/v0.1/servers', versionPath(name, 'latest'), versionPath(name, version)];
}

const listOf = (answer: Answer, header: string) =>
  (answer.headers.get(header) ?? '')
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter(Boolean)
    .sort()
    .join(', ');

function expectHeader(answer: Answer, header: string, value: string) {
  const expected = value
    .split(', ')
    .map((word) => word.toLowerCase())
    .sort()
    .join(', ');
  const seen = listOf(answer, header);
  ensure(seen === expected, answer, `${header}: ${value}`, answer.headers.get(header) ?? 'no such header');
}

export const corsCases = inArea('cors', [
  {
    id: 'cors-copilot',
    title: 'The three endpoints that Copilot reads carry its three CORS headers',
    why: 'Copilot in a browser shows "Failed to fetch" and no server.',
    reference: SOURCES.copilot,
    level: 'client',
    async run(registry) {
      for (const path of await paths(registry)) {
        const answer = await registry.get(path, { headers: { origin: ORIGIN } });
        expectHeader(answer, 'access-control-allow-origin', '*');
        expectHeader(answer, 'access-control-allow-methods', 'GET, OPTIONS');
        expectHeader(answer, 'access-control-allow-headers', 'Authorization, Content-Type');
      }
    },
  },
  {
    id: 'cors-preflight',
    title: 'A preflight for GET with Authorization and Content-Type is allowed',
    why: 'The browser sends nothing after a preflight that fails.',
    reference: `${SOURCES.copilot}; Fetch standard, CORS-preflight fetch`,
    level: 'client',
    async run(registry) {
      for (const path of await paths(registry)) {
        const answer = await registry.get(path, {
          method: 'OPTIONS',
          headers: {
            origin: ORIGIN,
            'access-control-request-method': 'GET',
            'access-control-request-headers': 'authorization,content-type',
          },
        });
        ensure(answer.status >= 200 && answer.status < 300, answer, 'status 2xx', `status ${answer.status}`);
        expectHeader(answer, 'access-control-allow-origin', '*');
        const headers = listOf(answer, 'access-control-allow-headers');
        const isAllowed = headers === '*' || /authorization.*content-type/.test(headers);
        ensure(isAllowed, answer, 'Access-Control-Allow-Headers: Authorization, Content-Type', headers || 'none');
      }
    },
  },
  {
    id: 'cors-errors',
    title: 'Refusals carry Access-Control-Allow-Origin too',
    why: 'A page in a browser cannot tell "not listed" from a network that is down.',
    reference: 'Fetch standard, CORS check',
    level: 'should',
    async run(registry) {
      const answer = await registry.get(versionsPath('org.conformance/no-such-server'), {
        headers: { origin: ORIGIN },
      });
      expectHeader(answer, 'access-control-allow-origin', '*');
    },
  },
]);
