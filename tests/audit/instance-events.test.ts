import { beforeAll, describe, expect, it } from 'vitest';
import { appendEvent } from '#lib/audit/append-event.ts';
import { EVENTS_A_PAGE, NO_FILTER } from '#lib/audit/list-events.ts';
import { listInstanceEvents } from '#lib/audit/list-instance-events.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { createUser, testInstance } from '../instance.ts';

testInstance();

const ACTOR = { type: 'system', name: 'Hallmark' } as const;
let viewer: Viewer;

beforeAll(async () => {
  viewer = await createUser('Admin', { isInstanceAdmin: true });
  for (let i = 1; i <= EVENTS_A_PAGE + 2; i++) {
    const subject = { publisher: `p${i}` };
    await db().$transaction((tx) =>
      appendEvent(tx, { orgId: null, kind: 'publisher.created', actor: ACTOR, subject, now: new Date() }),
    );
  }
  await db().$transaction((tx) =>
    appendEvent(tx, { orgId: 'some-org', kind: 'org.created', actor: ACTOR, subject: { org: 'x' }, now: new Date() }),
  );
});

describe('the audit log of the instance', () => {
  it('comes page by page, newest first, each event once, without those of organizations', async () => {
    const first = await listInstanceEvents({ viewer });
    const second = await listInstanceEvents({ viewer, filter: { ...NO_FILTER, before: first.next } });
    expect(first.events[0]).toMatchObject({ text: `Created publisher p${EVENTS_A_PAGE + 2}`, actor: 'Hallmark' });
    expect([...first.events, ...second.events].map(({ seq }) => seq)).toEqual(
      Array.from({ length: EVENTS_A_PAGE + 2 }, (_, i) => EVENTS_A_PAGE + 2 - i),
    );
    expect(second.next).toBeNull();
  });

  it('is for admins', async () => {
    const other = await createUser('Other');
    await expect(listInstanceEvents({ viewer: other })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
