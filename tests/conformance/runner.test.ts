import { describe, expect, it } from 'vitest';
import { CONFORMANCE_CASES, runConformance, TokenRefused, Unreachable } from '#lib/conformance/index.ts';
import { shiftTime, timeOf } from '#lib/conformance/items.ts';
import { db } from '#lib/db/db.ts';
import { type RegistryFault, refuse, serveBroken } from './support/broken-registry.ts';
import { servedInstance, WRITE_NAMESPACE } from './support/served-instance.ts';

const instance = servedInstance();
const OWN = { serverName: { startsWith: `${WRITE_NAMESPACE}/` } };

async function runOn(fault: Omit<RegistryFault, 'name' | 'fails'>, options: { only: string[]; writeToken?: string }) {
  const { baseUrl, close } = await serveBroken({ name: '', fails: [], ...fault }, instance.baseUrl);
  try {
    return await runConformance({ baseUrl, ...options });
  } finally {
    await close();
  }
}

describe('runConformance', () => {
  it('takes the namespace to write under from the claims of a registry token', async () => {
    const login = await fetch(`${instance.baseUrl}/v0.1/auth/none`, { method: 'POST' });
    const { registry_token: writeToken } = (await login.json()) as { registry_token: string };
    const names: string[] = [];
    const answer: RegistryFault['answer'] = (_, { method, body }) => {
      if (method === 'POST') names.push(JSON.parse(body).name);
      return undefined;
    };
    const { results } = await runOn({ answer }, { only: ['publish-answer'], writeToken });
    expect(results).toMatchObject([{ outcome: 'passed' }]);
    expect(names).toEqual([expect.stringMatching(/^io\.modelcontextprotocol\.anonymous\/conformance-/)]);
  });

  it('skips what writes where the namespace cannot be found out, and says what to give', async () => {
    const only = ['publish-answer'];
    const { results } = await runOn(
      { ask: ({ method }) => (method === 'POST' ? refuse(403, 'No.') : undefined) },
      { only, writeToken: instance.writeToken },
    );
    expect(results).toMatchObject([{ outcome: 'skipped', reason: expect.stringContaining('--write-namespace') }]);
  });

  it('stops where the token is refused later', async () => {
    const ask: RegistryFault['ask'] = ({ method }) => (method === 'POST' ? refuse(401, 'It expired.') : undefined);
    const run = runOn({ ask }, { only: ['publish-answer'], writeToken: instance.writeToken });
    await expect(run).rejects.toThrow(new TokenRefused('The registry refused the write token (401): It expired.'));
  });

  it('skips routes that a registry may leave out', async () => {
    const optional = /\/(publish|validate|auth|health|ping|version)(\/|$)/;
    const ask: RegistryFault['ask'] = ({ path }) => (optional.test(path) ? refuse(501, 'Not offered') : undefined);
    const { results } = await runOn(
      { ask },
      { only: ['service', 'validate', 'publish', 'auth'], writeToken: instance.writeToken },
    );
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    const passed = results.filter(({ outcome }) => outcome === 'passed').map(({ id }) => id);
    expect(passed).toEqual(['service-openapi']);
  });

  it('says what it could not delete again', async () => {
    const ask: RegistryFault['ask'] = ({ method }) => (method === 'PATCH' ? refuse(501, 'Not offered') : undefined);
    const { leftovers } = await runOn({ ask }, { only: ['publish-answer'], writeToken: instance.writeToken });
    expect(leftovers).toEqual([expect.stringMatching(/-answer$/)]);
  });

  it('waits when the registry limits its callers, and asks again', async () => {
    let refused = 0;
    const ask: RegistryFault['ask'] = ({ path }) => {
      if (path !== '/v0.1/ping' || refused > 0) return undefined;
      refused += 1;
      return { answer: { status: 429, headers: { 'retry-after': '1' } } };
    };
    const { results } = await runOn({ ask }, { only: ['service-ping'] });
    expect({ refused, results }).toMatchObject({ refused: 1, results: [{ outcome: 'passed', requests: 2 }] });
  });

  it('deletes what was published when it is stopped', async () => {
    const stop = new AbortController();
    const known = await db().version.findMany({ where: OWN, select: { id: true } });
    const run = runConformance({
      ...instance,
      only: ['publish-answer', 'publish-untouched'],
      signal: stop.signal,
      onCase: () => stop.abort(),
    });
    await expect(run).rejects.toThrow(/abort/i);
    const written = await db().version.findMany({ where: { ...OWN, id: { notIn: known.map(({ id }) => id) } } });
    expect(written).toMatchObject([{ serverName: expect.stringMatching(/-answer$/), status: 'deleted' }]);
  });

  it('throws Unreachable where nothing answers', async () => {
    await expect(runConformance({ baseUrl: 'http://127.0.0.1:9' })).rejects.toThrow(Unreachable);
  });

  it('has ids that are unique and say their area or client', () => {
    const ids = CONFORMANCE_CASES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const clients = ['vscode', 'copilot', 'toolhive', 'docker'];
    for (const { id, area } of CONFORMANCE_CASES) expect([area, ...clients]).toContain(id.split('-')[0]);
  });
});

describe('times', () => {
  it.each([
    ['2026-01-01T00:00:00Z', 1767225600000000000n],
    ['2026-01-01T00:00:00.1Z', 1767225600100000000n],
    ['2026-01-01T00:00:00.123456789Z', 1767225600123456789n],
    ['2026-01-01T02:00:00+02:00', 1767225600000000000n],
    ['yesterday', null],
    ['2026-01-01', null],
    [null, null],
  ])('reads %s to the nanosecond', (text, expected) => expect(timeOf(text)).toBe(expected));

  it('goes back a millisecond and keeps the rest', () => {
    expect(shiftTime('2026-01-01T00:00:00.000456Z', -1)).toBe('2025-12-31T23:59:59.999456000Z');
  });
});
