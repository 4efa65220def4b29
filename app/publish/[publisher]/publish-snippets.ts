import { domainOf } from '#lib/manifest/index.ts';

/**
 * A GitHub workflow that signs and publishes `server.json` to this registry. Under a GitHub namespace the job proves it by
 * itself; elsewhere it takes a token of this page. docs/examples has the whole with what each part is for.
 */
export function ciSnippet(registry: string, namespace: string | null): string {
  const isGitHub = namespace !== null && domainOf(namespace) === null;
  const publish = `node hallmark/cli/hallmark.mjs publish server.json --bundle server.json.sigstore.json --registry ${registry}`;
  return `name: publish
on: { push: { tags: ['v*'] } }
permissions: { id-token: write, contents: read }
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      # Your copy of Hallmark, for its command. The npm package "hallmark" is somebody else's.
      - uses: actions/checkout@v6
        with: { repository: '\${{ vars.HALLMARK_REPOSITORY }}', ref: '\${{ vars.HALLMARK_REF }}', path: hallmark }
      - run: npm ci --prefix hallmark
      - run: node hallmark/cli/hallmark.mjs sign server.json --bundle server.json.sigstore.json
      - run: ${publish}${isGitHub ? ' --login github-oidc' : ''}
${isGitHub ? '' : `        env: { HALLMARK_TOKEN: '\${{ secrets.HALLMARK_TOKEN }}' }\n`}`;
}

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
