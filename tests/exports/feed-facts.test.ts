import { describe, expect, it } from 'vitest';
import { factsOfFeed, feedFacts, versionFacts } from '#lib/exports/index.ts';
import { manifestOf } from '../instance.ts';

const variable = (name: string, description = 'x') => ({ name, description, isRequired: true, isSecret: true });
const withVariables = (count: number, description: string) =>
  versionFacts(
    manifestOf('org.a/b', '1.0.0', {
      title: 'B',
      packages: [
        {
          registryType: 'npm',
          identifier: 'b',
          version: '1.0.0',
          transport: { type: 'stdio' },
          environmentVariables: Array.from({ length: count }, (_, i) => variable(`VARIABLE_${i}`, description)),
        },
      ],
      remotes: [{ type: 'sse', url: 'https://b.example/sse', headers: [variable('X-Key')] }],
    }) as never,
    3,
  );

describe('facts in a feed', () => {
  it('come back as they were', () => {
    const facts = withVariables(2, 'Key of the service.');
    expect(factsOfFeed(JSON.parse(JSON.stringify(feedFacts(facts))))).toEqual(facts);
    expect(facts.packages[0]!.env).toHaveLength(2);
  });

  it('stay short: first the descriptions of variables go, then all', () => {
    const long = feedFacts(withVariables(40, 'd'.repeat(200)))!;
    expect(long.packages[0]!.environment!.map(({ name }) => name)).toHaveLength(40);
    expect(JSON.stringify(long)).not.toContain('ddd');
    expect(Buffer.byteLength(JSON.stringify(long))).toBeLessThanOrEqual(4096);
    expect(feedFacts(withVariables(400, 'x'))).toBeNull();
  });
});
