/** A publisher that others pretend to be. Everything in lower case. */
export type WellKnown = {
  name: string;
  /** Accounts on GitHub; the first one is compared with, all are the publisher's own. */
  accounts: readonly string[];
  /** Reversed domains. */
  domains: readonly string[];
  /** npm scopes without the at sign. */
  scopes: readonly string[];
  /** Packages that are installed often enough to be worth imitating. */
  packages: readonly string[];
};

/**
 * `name: accounts | domains | scopes | packages`. Publishers with many users whose servers are widely listed; accounts and
 * domains are the ones that they publish from themselves. Compared with also where there is no catalog, in a terminal.
 */
const LIST = `
Model Context Protocol: modelcontextprotocol | io.modelcontextprotocol | modelcontextprotocol | npm:@modelcontextprotocol/sdk npm:@modelcontextprotocol/server-filesystem npm:@modelcontextprotocol/server-memory npm:@modelcontextprotocol/server-everything npm:@modelcontextprotocol/server-sequential-thinking npm:@modelcontextprotocol/server-github npm:@modelcontextprotocol/server-postgres npm:@modelcontextprotocol/server-puppeteer npm:@modelcontextprotocol/server-slack npm:@modelcontextprotocol/inspector pypi:mcp-server-fetch pypi:mcp-server-git pypi:mcp-server-time
Anthropic: anthropics anthropic | com.anthropic com.claude | anthropic-ai anthropics |
OpenAI: openai | com.openai | openai |
Microsoft: microsoft azure azure-samples | com.microsoft com.azure | microsoft azure playwright | npm:@playwright/mcp npm:@azure/mcp pypi:markitdown-mcp
GitHub: github githubnext | com.github com.githubcopilot | github |
Google: googleapis google googlecloudplatform google-gemini | com.google dev.google com.googleapis | google googleapis google-cloud | npm:chrome-devtools-mcp
Amazon Web Services: awslabs aws aws-samples | com.amazonaws com.amazon dev.aws | aws aws-sdk | pypi:awslabs.aws-documentation-mcp-server pypi:awslabs.core-mcp-server
Cloudflare: cloudflare | com.cloudflare dev.workers | cloudflare | npm:@cloudflare/mcp-server-cloudflare npm:mcp-remote
Stripe: stripe | com.stripe | stripe | npm:@stripe/mcp
Docker: docker | com.docker | docker |
Notion: makenotion notionhq | com.notion so.notion | notionhq | npm:@notionhq/notion-mcp-server
Atlassian: atlassian atlassian-labs | com.atlassian | atlassian atlassianlabs |
GitLab: gitlab-org gitlab gitlabhq | com.gitlab | gitlab |
Slack: slackapi slackhq | com.slack | slack |
Figma: figma | com.figma | figma | npm:figma-developer-mcp
Sentry: getsentry | dev.sentry io.sentry | sentry | npm:@sentry/mcp-server
Supabase: supabase supabase-community | com.supabase | supabase | npm:@supabase/mcp-server-supabase
Vercel: vercel vercel-labs | com.vercel | vercel |
HashiCorp: hashicorp | com.hashicorp | hashicorp |
MongoDB: mongodb-js mongodb mongodb-labs | com.mongodb | mongodb-js mongodb | npm:mongodb-mcp-server
Elastic: elastic | co.elastic | elastic | npm:@elastic/mcp-server-elasticsearch
Grafana: grafana | com.grafana | grafana |
Shopify: shopify | dev.shopify com.shopify | shopify | npm:@shopify/dev-mcp
PayPal: paypal | com.paypal | paypal | npm:@paypal/mcp
Salesforce: salesforcecli salesforce forcedotcom | com.salesforce | salesforce |
HubSpot: hubspot | com.hubspot | hubspot | npm:@hubspot/mcp-server
JetBrains: jetbrains | com.jetbrains | jetbrains | npm:@jetbrains/mcp-proxy
Hugging Face: huggingface | co.huggingface | huggingface |
Neo4j: neo4j neo4j-contrib neo4j-labs | com.neo4j | neo4j |
Neon: neondatabase neondatabase-labs | tech.neon com.neon | neondatabase | npm:@neondatabase/mcp-server-neon
Snowflake: snowflake-labs snowflakedb | com.snowflake | snowflake |
Databricks: databricks databrickslabs | com.databricks | databricks |
Datadog: datadog datadog-labs | com.datadoghq | datadog |
Perplexity: perplexityai ppl-ai | ai.perplexity | perplexity-ai | npm:@perplexity-ai/mcp-server
Firecrawl: firecrawl mendableai | dev.firecrawl | mendable | npm:firecrawl-mcp
Tavily: tavily-ai | com.tavily | tavily | npm:tavily-mcp
Browserbase: browserbase | com.browserbase | browserbasehq | npm:@browserbasehq/mcp
Upstash: upstash | com.upstash com.context7 | upstash | npm:@upstash/context7-mcp
ElevenLabs: elevenlabs | io.elevenlabs | elevenlabs | pypi:elevenlabs-mcp
ClickHouse: clickhouse | com.clickhouse | clickhouse | pypi:mcp-clickhouse
Postman: postmanlabs | com.postman | postman |
Postmark: activecampaign wildbit | com.postmarkapp | postmark |
Twilio: twilio twilio-labs | com.twilio | twilio twilio-alpha | npm:@twilio-alpha/mcp
Zapier: zapier | com.zapier | zapier |
CircleCI: circleci-public circleci | com.circleci | circleci | npm:@circleci/mcp-server-circleci
Pinecone: pinecone-io | io.pinecone | pinecone-database | npm:@pinecone-database/mcp
Desktop Commander: wonderwhy-er | app.desktopcommander | wonderwhy-er | npm:@wonderwhy-er/desktop-commander
`;

export const WELL_KNOWN: readonly WellKnown[] = LIST.trim()
  .split('\n')
  .map((line) => {
    const [head = '', domains = '', scopes = '', packages = ''] = line.split('|');
    const [name = '', accounts = ''] = head.split(':');
    const words = (text: string): string[] => text.split(' ').filter(Boolean);
    return {
      name,
      accounts: words(accounts),
      domains: words(domains),
      scopes: words(scopes),
      packages: words(packages),
    };
  });
