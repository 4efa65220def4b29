import { beforeAll, describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { handleApi } from '#lib/http/api/handle-api.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { issuePublishToken } from '#lib/publishers/publish-tokens.ts';
import { createUser, manifestOf, testInstance, viewerOf } from '../instance.ts';

testInstance();

let token: string;
beforeAll(async () => {
  const admin = await createUser('Admin', { isInstanceAdmin: true });
  await createPublisher({ viewer: admin, slug: 'acme', displayName: 'Acme' });
  const viewer = await viewerOf(admin.id);
  await claimNamespace({ viewer, publisherSlug: 'acme', namespace: 'io.github.acme' });
  ({ token } = await issuePublishToken({ viewer, publisherSlug: 'acme', name: 'ci', expiresInDays: 1 }));
});

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

async function post(
  path: string,
  body: string,
  headers: Record<string, string> = { authorization: `Bearer ${token}` },
) {
  const response = await handleApi(new Request(`http://localhost${path}`, { method: 'POST', headers, body }));
  return { status: response?.status, body: await response?.json() };
}

describe('POST /api/v1/publish', () => {
  it('publishes with the tools that came along', async () => {
    const tools = [{ name: 'read_file', inputSchema: { type: 'object' } }];
    const sent = { manifest: base64(manifestOf('io.github.acme/tools', '1.0.0')), definitions: { tools } };
    const { status, body } = await post('/api/v1/publish', JSON.stringify(sent));
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { name: 'io.github.acme/tools', signatureState: 'none' },
    });
    const declared = await db().declaredDefinitions.findUniqueOrThrow({ where: { versionId: body.versionId } });
    expect(declared.definitions).toMatchObject({ tools });
  });

  it.each([
    ['something that is not JSON', 'nope', 400, /cannot be read/],
    ['duplicate keys', '{"manifest":"e30=","manifest":"e30="}', 400, /manifest/],
    ['U+0000 in a tool', '{"manifest":"e30=","definitions":{"tools":[{"name":"a\\u0000b"}]}}', 400, /cannot be read/],
    ['a manifest that is not base64', '{"manifest":"{}"}', 422, /manifest/],
    ['a member that is not known', '{"manifest":"e30=","signature":"x"}', 422, /signature/],
    [
      'a tool without a name',
      '{"manifest":"e30=","definitions":{"tools":[{"description":"x"}]}}',
      422,
      /tools\.0\.name/,
    ],
    ['an empty manifest', '{"manifest":"e30="}', 400, /\$schema|name/],
  ])('refuses %s with a sentence that names the place', async (_, body, status, message) => {
    const answer = await post('/api/v1/publish', body);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toMatch(message);
  });

  it('asks for a token', async () => {
    expect((await post('/api/v1/publish', '{}', {})).status).toBe(401);
  });
});

describe('POST /api/v1/servers/{name}/versions/{version}/signatures', () => {
  it('says that there is no such version', async () => {
    const { status } = await post('/api/v1/servers/io.github.acme%2Fnone/versions/1.0.0/signatures', '{"bundle":{}}');
    expect(status).toBe(404);
  });

  it('is closed to publishers of other namespaces', async () => {
    const admin = await createUser('Other', { isInstanceAdmin: true });
    await createPublisher({ viewer: admin, slug: 'other', displayName: 'Other' });
    const { token: foreign } = await issuePublishToken({
      viewer: await viewerOf(admin.id),
      publisherSlug: 'other',
      name: 'ci',
      expiresInDays: 1,
    });
    await post('/api/v1/publish', JSON.stringify({ manifest: base64(manifestOf('io.github.acme/mine', '1.0.0')) }));
    const path = '/api/v1/servers/io.github.acme%2Fmine/versions/1.0.0/signatures';
    expect((await post(path, '{"bundle":{}}', { authorization: `Bearer ${foreign}` })).status).toBe(403);
  });

  it.each(['%zz/versions/1.0.0', 'io.github.acme%2Fa/versions/%E0%A4%A', 'io.github.acme%2Fa%00/versions/1.0.0'])(
    'refuses the broken path %s',
    async (path) => {
      expect(await post(`/api/v1/servers/${path}/signatures`, '{"bundle":{}}')).toMatchObject({
        status: 400,
        body: { detail: 'The path has a broken percent-encoding.' },
      });
    },
  );

  it('says what is allowed instead of GET', async () => {
    const response = await handleApi(new Request('http://localhost/api/v1/publish'));
    expect(response?.status).toBe(405);
    expect(response?.headers.get('allow')).toBe('POST');
  });

  it('answers other paths with JSON', async () => {
    expect(await post('/api/v1/nothing', '{}')).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining('not found') },
    });
  });
});
