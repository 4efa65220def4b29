import { describe, expect, it } from 'vitest';
import { CONFORMANCE_CASES, runConformance, textReport } from '#lib/conformance/index.ts';
import { type Recorded, type RegistryFault, serveBroken } from './support/broken-registry.ts';
import { CLIENT_FAULTS, LOGIN_FAULTS, SERVICE_FAULTS, VALIDATE_FAULTS } from './support/client-faults.ts';
import { ENVELOPE_FAULTS, PARAMETER_FAULTS } from './support/read-faults.ts';
import { servedInstance, WRITE_NAMESPACE } from './support/served-instance.ts';
import {
  ALIAS_FAULTS,
  CACHING_FAULTS,
  CORS_FAULTS,
  ENCODING_FAULTS,
  PAGING_FAULTS,
  SYNC_FAULTS,
} from './support/walk-faults.ts';
import { PUBLISH_FAULTS, SYNC_WRITE_FAULTS, statusFaults } from './support/write-faults.ts';

const instance = servedInstance();

const READ_FAULTS = [
  ...ENVELOPE_FAULTS,
  ...PARAMETER_FAULTS,
  ...PAGING_FAULTS,
  ...SYNC_FAULTS,
  ...ENCODING_FAULTS,
  ...CACHING_FAULTS,
  ...CORS_FAULTS,
  ...ALIAS_FAULTS,
  ...CLIENT_FAULTS,
  ...SERVICE_FAULTS,
  ...VALIDATE_FAULTS,
  ...LOGIN_FAULTS,
];
const WRITE_FAULTS = [...SYNC_WRITE_FAULTS, ...PUBLISH_FAULTS, ...statusFaults(() => instance.editToken)];
const areasOf = (ids: string[]) => CONFORMANCE_CASES.filter(({ id }) => ids.includes(id)).map(({ area }) => area);

async function expectFault(
  fault: RegistryFault,
  { recorded, ...options }: { recorded?: Recorded; only?: string[]; writeToken?: string; editToken?: string },
) {
  const { baseUrl, close } = await serveBroken(fault, instance.baseUrl, recorded);
  try {
    const report = await runConformance({ baseUrl, writeNamespace: WRITE_NAMESPACE, ...options });
    const failed = report.results.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
    expect(failed.sort(), textReport(report)).toEqual([...fault.fails].sort());
  } finally {
    await close();
  }
}

describe('a registry with one fault fails the cases about it and no other', () => {
  const recorded: Recorded = new Map();
  it.each(READ_FAULTS)('$name', (fault) => expectFault(fault, { recorded }));

  // A fault is about names that one case writes under, so the cases of its area are enough.
  it.each(WRITE_FAULTS)('$name', (fault) => {
    const { writeToken, editToken } = instance;
    const areas = new Set(areasOf(fault.fails));
    const only = CONFORMANCE_CASES.filter(({ needs, area }) => needs && areas.has(area)).map(({ id }) => id);
    return expectFault(fault, { only, writeToken, editToken });
  });
});

it('every case fails for some fault', () => {
  const failing = new Set([...READ_FAULTS, ...WRITE_FAULTS].flatMap(({ fails }) => fails));
  expect(CONFORMANCE_CASES.map(({ id }) => id).filter((id) => !failing.has(id))).toEqual([]);
});
