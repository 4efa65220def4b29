import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { renderSarif } from '#lib/scans/report/sarif.ts';
import { RULES } from '#scanners/registry.ts';
import { CLEAN, MIXED, UNSEEN } from './reports.ts';

/**
 * The part of SARIF 2.1.0 that the reports use, written after the standard's text: every object strict (the standard's schema
 * forbids other properties), with its required properties, enumerations and formats.
 */
const message = z.strictObject({ text: z.string().min(1), markdown: z.string().optional() });
const properties = z.record(z.string(), z.unknown());
const componentReference = z.strictObject({ name: z.string(), index: z.int().min(0) });
const descriptorReference = z.strictObject({
  id: z.string(),
  index: z.int().min(0),
  toolComponent: componentReference,
});
const level = z.enum(['none', 'note', 'warning', 'error']);
const location = z.strictObject({
  id: z.int().min(0).optional(),
  physicalLocation: z.strictObject({
    artifactLocation: z.strictObject({ uri: z.string().regex(/^[A-Za-z0-9._~/@%-]+$/), index: z.int().min(0) }),
    region: z.strictObject({ startLine: z.int().min(1), snippet: z.strictObject({ text: z.string() }).optional() }),
  }),
  logicalLocations: z
    .array(
      z.strictObject({
        name: z.string().optional(),
        fullyQualifiedName: z.string().min(1),
        kind: z.enum(['property', 'value', 'module']),
      }),
    )
    .min(1),
});
const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(0),
  kind: z.enum(['fail', 'informational']),
  level,
  message,
  locations: z.array(location).length(1),
  relatedLocations: z.array(location).optional(),
  partialFingerprints: z.record(z.string(), z.string().min(1)),
  taxa: z.array(descriptorReference),
  suppressions: z
    .array(
      z.strictObject({
        kind: z.literal('external'),
        status: z.enum(['accepted', 'underReview', 'rejected']),
        justification: z.string(),
      }),
    )
    .optional(),
  properties,
});
const descriptor = z.strictObject({
  id: z.string().min(1),
  name: z.string().regex(/^[A-Z][A-Za-z]+$/),
  shortDescription: message,
  fullDescription: message,
  help: message,
  helpUri: z.url().optional(),
  defaultConfiguration: z.strictObject({ level }),
  relationships: z.array(z.strictObject({ target: descriptorReference, kinds: z.array(z.literal('relevant')) })),
  properties,
});
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z
    .array(
      z.strictObject({
        tool: z.strictObject({
          driver: z.strictObject({
            name: z.string(),
            informationUri: z.url(),
            version: z.string(),
            rules: z.array(descriptor).min(1),
            supportedTaxonomies: z.array(componentReference),
          }),
        }),
        taxonomies: z.array(
          z.strictObject({
            name: z.string(),
            organization: z.string(),
            informationUri: z.url(),
            isComprehensive: z.boolean(),
            taxa: z.array(z.strictObject({ id: z.string() })),
          }),
        ),
        automationDetails: z.strictObject({ id: z.string() }),
        invocations: z.array(
          z.strictObject({
            executionSuccessful: z.boolean(),
            toolExecutionNotifications: z.array(z.strictObject({ level, message })),
          }),
        ),
        artifacts: z.array(
          z.strictObject({
            location: z.strictObject({ uri: z.string() }),
            roles: z.array(z.literal('analysisTarget')),
            hashes: z.record(z.string(), z.string()).optional(),
          }),
        ),
        results: z.array(result),
        columnKind: z.literal('utf16CodeUnits'),
        properties,
      }),
    )
    .length(1),
});

const runOf = (input: Parameters<typeof renderSarif>[0]) =>
  sarif.parse(JSON.parse(renderSarif(input))).runs[0] as z.infer<typeof sarif>['runs'][number];

describe.each([
  ['with findings of every class', MIXED],
  ['without findings', CLEAN],
  ['of a server whose tools were not seen', UNSEEN],
])('a report %s', (_, input) => {
  const run = runOf({ ...input, siteUrl: 'https://catalog.example.com' });

  test('has every index where it points', () => {
    const { rules } = run.tool.driver;
    for (const { ruleId, ruleIndex, locations, relatedLocations = [], taxa } of run.results) {
      expect(rules[ruleIndex]?.id).toBe(ruleId);
      for (const { physicalLocation } of [...locations, ...relatedLocations]) {
        const { uri, index } = physicalLocation.artifactLocation;
        expect(run.artifacts[index]?.location.uri).toBe(uri);
      }
      for (const { id, index, toolComponent } of [
        ...taxa,
        ...rules.flatMap((rule) => rule.relationships.map(({ target }) => target)),
      ]) {
        expect(run.taxonomies[toolComponent.index]?.name).toBe(toolComponent.name);
        expect(run.taxonomies[toolComponent.index]?.taxa[index]?.id).toBe(id);
      }
    }
    for (const { name, index } of run.tool.driver.supportedTaxonomies) expect(run.taxonomies[index]?.name).toBe(name);
  });

  test('gives a level other than none to failures alone', () => {
    for (const { kind, level: given } of run.results) expect(given === 'none').toBe(kind === 'informational');
  });

  test('is the same twice', () => {
    expect(renderSarif(input)).toBe(renderSarif(input));
  });
});

test('every finding is one result with its fingerprint, and every rule has its page', () => {
  const run = runOf({ ...MIXED, siteUrl: 'https://catalog.example.com/' });
  expect(run.results.map(({ partialFingerprints }) => partialFingerprints['hallmarkFinding/v1'])).toEqual(
    MIXED.report.findings.map(({ fingerprint }) => fingerprint),
  );
  expect(run.tool.driver.rules.map(({ helpUri }) => helpUri)).toEqual(
    RULES.map(({ id }) => `https://catalog.example.com/rules/${id}`),
  );
});

test('what was not covered is said', () => {
  const [invocation] = runOf(UNSEEN).invocations;
  expect(invocation?.toolExecutionNotifications.map(({ message: { text } }) => text)).toEqual([
    'tools: not covered, the server did not start',
    'package: not covered, not an npm package',
    'live: not covered, no sandbox on this machine',
  ]);
});

test('a repeated finding keeps its other places, an answered one its answer', () => {
  const repeated = MIXED.report.findings.find(({ alsoAt }) => alsoAt !== undefined);
  const fingerprint = repeated?.fingerprint ?? '';
  const run = runOf({
    ...MIXED,
    answers: [{ fingerprint, status: 'underReview', justification: 'Copied from a web page.' }],
  });
  const found = run.results.find(
    ({ partialFingerprints }) => partialFingerprints['hallmarkFinding/v1'] === fingerprint,
  );
  expect(found?.relatedLocations?.map(({ logicalLocations }) => logicalLocations[0]?.fullyQualifiedName)).toEqual([
    'tools.json#/twice/inputSchema/properties/b/description',
  ]);
  expect(found?.suppressions).toEqual([
    { kind: 'external', status: 'underReview', justification: 'Copied from a web page.' },
  ]);
  expect(run.results.filter(({ suppressions }) => suppressions !== undefined)).toHaveLength(1);
});
