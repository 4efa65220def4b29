/**
 * Files that stand in the home directory of the sandbox and belong to nobody. A server that opens one while it is only
 * asked for its tools shows what it looks for. `~` is the home directory.
 */
export type DecoyKind =
  | 'ssh-keys'
  | 'cloud-credentials'
  | 'access-tokens'
  | 'browser-stores'
  | 'wallets'
  | 'shell-history'
  | 'client-configurations'
  | 'documents';

export const DECOYS: readonly { path: string; kind: DecoyKind }[] = [
  { path: '~/.ssh/id_rsa', kind: 'ssh-keys' },
  { path: '~/.ssh/id_ed25519', kind: 'ssh-keys' },
  { path: '~/.aws/credentials', kind: 'cloud-credentials' },
  { path: '~/.config/gcloud/application_default_credentials.json', kind: 'cloud-credentials' },
  { path: '~/.git-credentials', kind: 'access-tokens' },
  { path: '~/.netrc', kind: 'access-tokens' },
  { path: '~/.env', kind: 'access-tokens' },
  { path: '~/.config/google-chrome/Default/Login Data', kind: 'browser-stores' },
  { path: '~/.config/google-chrome/Default/Cookies', kind: 'browser-stores' },
  { path: '~/.mozilla/firefox/x1.default-release/logins.json', kind: 'browser-stores' },
  { path: '~/.config/solana/id.json', kind: 'wallets' },
  { path: '~/.ethereum/keystore/UTC--2024-01-01T00-00-00.000000000Z--0', kind: 'wallets' },
  { path: '~/.bash_history', kind: 'shell-history' },
  { path: '~/.config/Claude/claude_desktop_config.json', kind: 'client-configurations' },
  { path: '~/.cursor/mcp.json', kind: 'client-configurations' },
  // Of no worth to a thief: who opens these as well goes through everything.
  { path: '~/Documents/notes.txt', kind: 'documents' },
  { path: '~/Music/list.txt', kind: 'documents' },
];

export const DECOY_WORDS: Record<DecoyKind, string> = {
  'ssh-keys': 'private SSH keys',
  'cloud-credentials': 'credentials of cloud services',
  'access-tokens': 'stored access tokens',
  'browser-stores': 'passwords and cookies of browsers',
  wallets: 'keys of wallets',
  'shell-history': 'the history of the shell',
  'client-configurations': 'configurations of MCP clients',
  documents: 'documents',
};
