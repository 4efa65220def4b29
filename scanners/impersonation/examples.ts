import type { Manifest } from '#lib/manifest/types.ts';
import { examplesOf, ofManifest } from '../example-snapshots.ts';
import type { Holder, KnownServer } from '../facts.ts';
import type { InputSnapshot, RuleExample } from '../types.ts';
import { BORROWED_DOMAIN, LOOKALIKE_NAMESPACE, LOOKALIKE_PACKAGE, LOOKALIKE_TITLE, SAME_TITLE } from './rules.ts';

const named = (name: string, parts: Partial<Manifest> = {}): InputSnapshot => ofManifest({ name, ...parts });

const npm = (identifier: string, registryType = 'npm'): InputSnapshot =>
  ofManifest({ packages: [{ registryType, identifier, version: '1.0.0', transport: { type: 'stdio' } }] });

const FORECAST: KnownServer = {
  name: 'com.forecasters/forecast',
  title: 'Forecast Desk',
  holder: { slug: 'forecasters', isVerified: true },
  uses: 12,
  packages: [{ registryType: 'npm', identifier: 'forecast-desk-mcp' }],
};

const beside = (snapshot: InputSnapshot, { known = FORECAST, holder = null as Holder | null } = {}): InputSnapshot => ({
  ...snapshot,
  facts: { at: '2026-11-20T00:00:00Z', packages: [], holder, known: [known], observed: null },
});

export const EXAMPLES: readonly RuleExample[] = [
  ...examplesOf(LOOKALIKE_NAMESPACE, {
    finds: [
      ['a digit for a letter', named('io.github.micros0ft/files')],
      ['two letters for one', named('io.github.rnicrosoft/files')],
      ['a letter left out', named('io.github.modelcontextprotocl/files')],
      ['letters that changed places', named('io.github.gtihub/issues')],
      ['hyphens', named('io.github.model-context-protocol/files')],
      ['a word that claims trust', named('io.github.stripe-official/payments')],
      ['a word of the trade', named('io.github.microsoft-mcp/files')],
      ['a domain', named('com.paypa1.mcp/payments')],
      ['a verified publisher of the catalog', beside(named('com.forecaster5/forecast'))],
    ],
    leaves: [
      ['the publisher itself', named('io.github.microsoft/files')],
      ['another account of it', named('io.github.mongodb-labs/atlas')],
      ['a subdomain of it', named('com.cloudflare.mcp.builds/builds')],
      ['a name of its own', named('io.github.weatherwise/files')],
      ['a short neighbour', named('io.github.slick/chat')],
      ['an account that begins with a known word', named('io.github.docker-samples/tools')],
      ['the same server name elsewhere', named('io.github.weatherwise/github')],
      [
        'the same publisher under a second name',
        beside(named('com.forecaster/forecast'), { holder: { slug: 'forecasters', isVerified: true } }),
      ],
    ],
  }),
  ...examplesOf(BORROWED_DOMAIN, {
    finds: [
      ['an account written as a subdomain', named('com.github.alice/files')],
      ['of a well-known publisher', named('com.github.microsoft/files')],
      ['of another forge', named('com.gitlab.alice/files')],
    ],
    leaves: [
      ['an account', named('io.github.alice/files')],
      ['the forge itself', named('com.github/issues')],
      ['a service of the forge', named('com.github.api/issues')],
      ['a domain', named('com.example.github/files')],
    ],
  }),
  ...examplesOf(LOOKALIKE_PACKAGE, {
    finds: [
      ['a scope with something added', npm('@modelcontextprotocol-x/server-filesystem')],
      ['a scope with a letter left out', npm('@modelcontextprotcol/server-filesystem')],
      ['a scope with hyphens', npm('@model-context-protocol/server-github')],
      ['a scope as part of the name', npm('modelcontextprotocol-server-filesystem')],
      ['a look-alike letter', npm('firecraw1-mcp')],
      ['a doubled letter', npm('tavilly-mcp')],
      ['of PyPI', npm('mcp-server-fetcch', 'pypi')],
      ['of a verified server', beside(npm('forcast-desk-mcp'))],
    ],
    leaves: [
      ['the package itself', npm('@modelcontextprotocol/server-filesystem')],
      ['another package of the scope', npm('@modelcontextprotocol/server-new')],
      ['the words in another order', npm('fetch-mcp-server', 'pypi')],
      ['the same word under a scope of its own', npm('@weatherwise/firecrawl-mcp')],
      ['another ecosystem', npm('tavilly-mcp', 'pypi')],
      ['the package of a verified server', beside(npm('forecast-desk-mcp'))],
      [
        'an image',
        ofManifest({
          packages: [{ registryType: 'oci', identifier: 'docker.io/mcp/fetcch', transport: { type: 'stdio' } }],
        }),
      ],
    ],
  }),
  ...examplesOf(LOOKALIKE_TITLE, {
    finds: [
      ['a Cyrillic letter', named('com.weatherwise/chat', { title: 'Slаck' })],
      ['several', named('com.weatherwise/issues', { title: 'GіtHub' })],
      ['of a verified server', beside(named('com.weatherwise/weather', { title: 'Forecast Dеsk' }))],
    ],
    leaves: [
      ['Latin letters', named('com.weatherwise/chat', { title: 'Slack' })],
      ['another language', named('com.weatherwise/weather', { title: 'Погода' })],
      ['the server itself', beside(named('com.forecasters/forecast', { title: 'Forecast Desk' }))],
      ['a longer title', named('com.weatherwise/chat', { title: 'Сообщения для Slack' })],
    ],
  }),
  ...examplesOf(SAME_TITLE, {
    finds: [
      ['the same', beside(named('com.weatherwise/weather', { title: 'Forecast Desk' }))],
      ['in another case', beside(named('io.github.alice/weather', { title: 'forecast desk' }))],
      ['of another account', beside(named('io.github.forecast/desk', { title: 'FORECAST DESK' }))],
    ],
    leaves: [
      ['the server itself', beside(named('com.forecasters/forecast', { title: 'Forecast Desk' }))],
      ['another title', beside(named('com.weatherwise/weather', { title: 'Forecast' }))],
      [
        'of a server that nobody verified',
        beside(named('com.weatherwise/weather', { title: 'Forecast Desk' }), {
          known: { ...FORECAST, holder: { slug: 'forecasters', isVerified: false } },
        }),
      ],
    ],
  }),
];
