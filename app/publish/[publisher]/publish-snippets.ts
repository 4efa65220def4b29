import { domainOf } from '#lib/manifest/index.ts';

/** A GitHub workflow that signs and publishes `server.json` to this registry. */
export const ciSnippet = (registry: string): string => `name: publish
on: { push: { tags: ['v*'] } }
permissions: { id-token: write, contents: read }
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npx hallmark sign server.json --bundle server.json.sigstore.json
      - run: npx hallmark publish server.json --bundle server.json.sigstore.json --registry ${registry}
        env: { HALLMARK_TOKEN: '\${{ secrets.HALLMARK_TOKEN }}' }
`;

/** How to log in and publish with the official command, by the ways that fit the namespace. */
export function officialCommands(registry: string, namespace: string | null): string {
  const domain = namespace === null ? 'example.com' : domainOf(namespace);
  const logins = domain
    ? [
        `mcp-publisher login dns --domain ${domain} --private-key "$PRIVATE_KEY_HEX" --registry ${registry}`,
        `mcp-publisher login http --domain ${domain} --private-key "$PRIVATE_KEY_HEX" --registry ${registry}`,
      ]
    : [`mcp-publisher login github --registry ${registry}`, `mcp-publisher login github-oidc --registry ${registry}`];
  return `# one of these\n${logins.join('\n')}\n\nmcp-publisher publish server.json\n`;
}
