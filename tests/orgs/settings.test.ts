import { describe, expect, it } from 'vitest';
import { orgSettings } from '#lib/orgs/settings.ts';

describe('orgSettings', () => {
  it.each([[{}], [null], [[]], ['x'], [undefined]])('reads %j as the defaults', (json) => {
    expect(orgSettings(json)).toMatchObject({
      suspendOnDrift: 'accusation',
      reviewDays: 5,
      defaultApprovalDays: null,
      environments: [],
      policyScope: 'requested',
      auditRetentionDays: null,
      askAsDeny: false,
    });
  });

  it('keeps what is valid beside what is not', () => {
    expect(
      orgSettings({ suspendOnDrift: 'sometimes', reviewDays: 2, environments: ['prod', 'CI'], askAsDeny: true }),
    ).toMatchObject({ suspendOnDrift: 'accusation', reviewDays: 2, environments: [], askAsDeny: true });
  });
});
