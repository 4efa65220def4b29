/**
 * A Hallmark of its own, in a process of its own: DATABASE_URL and HALLMARK_DATA_DIR say which. Serves the machine surfaces
 * on loopback as `hallmark web` does, and tells its parent the address and two tokens.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { issueToken } from '#lib/auth/tokens.ts';
import { db } from '#lib/db/db.ts';
import { createRequestListener } from '#lib/http/node-server.ts';

const NAMESPACE = 'com.upstream';
const now = new Date();
const actor = { type: 'system', name: 'test' } as const;

const admin = await db().user.create({ data: { name: 'Ada', email: 'ada@example.org', isInstanceAdmin: true } });
const publisher = await db().publisher.create({
  data: {
    slug: 'upstream',
    displayName: 'Upstream',
    namespaces: { create: { name: NAMESPACE, proofKind: 'granted', proof: {}, provenAt: now } },
    members: { create: { userId: admin.id, role: 'owner' } },
  },
});
const token = async (kind: 'publish' | 'admin') => {
  const made = await issueToken(db(), {
    kind,
    name: kind,
    expiresInDays: 1,
    createdById: admin.id,
    actor,
    now,
    ...(kind === 'publish' ? { publisherId: publisher.id } : {}),
  });
  return made.secret;
};
const tokens = { publish: await token('publish'), admin: await token('admin') };

const server = http.createServer(
  createRequestListener(async (_request, response) => {
    response.statusCode = 404;
    response.end();
  }),
);
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens });
});
process.on('disconnect', () => process.exit(0));
