import { examplesOf, ofManifest } from '../example-snapshots.ts';
import type { ObservedTrace } from '../facts.ts';
import type { InputSnapshot, RuleExample } from '../types.ts';
import { COLLECTS_SECRETS } from './rules.ts';

const opening = (...paths: string[]): InputSnapshot => {
  const files: ObservedTrace['files'] = paths.map((path) => ({ path, access: 'read', isFound: true }));
  return {
    ...ofManifest({
      packages: [{ registryType: 'npm', identifier: 'weather-mcp', version: '1.0.0', transport: { type: 'stdio' } }],
    }),
    facts: {
      at: '2026-11-20T00:00:00Z',
      packages: [],
      holder: null,
      known: null,
      observed: {
        network: null,
        programs: [],
        trace: { files, commands: [], addresses: [], names: [], isCut: false },
      },
    },
  };
};

const CHROME = '~/.config/google-chrome/Default/Login Data';

export const EXAMPLES: readonly RuleExample[] = examplesOf(COLLECTS_SECRETS, {
  finds: [
    ['passwords of a browser and SSH keys', opening('~/.ssh/id_rsa', CHROME)],
    ['keys of a wallet and access tokens', opening('~/.git-credentials', '~/.config/solana/id.json')],
    [
      'everything at once',
      opening('~/.aws/credentials', '~/.bash_history', '~/.mozilla/firefox/x1.default-release/logins.json'),
    ],
  ],
  leaves: [
    ['a client of SSH', opening('~/.ssh/id_rsa', '~/.ssh/id_ed25519', '~/.ssh/config')],
    ['an SDK that looks for credentials', opening('~/.aws/credentials', '~/.aws/config', '~/.env')],
    ['a server of a browser', opening(CHROME, '~/.config/google-chrome/Default/Cookies')],
    [
      'an index of the whole home directory',
      opening('~/.ssh/id_rsa', CHROME, '~/Documents/notes.txt', '~/Music/list.txt'),
    ],
  ],
});
