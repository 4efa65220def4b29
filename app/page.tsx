import type { Metadata } from 'next';
import Link from 'next/link';
import type { Viewer } from '#lib/auth/viewer.ts';
import { getCatalogNumbers } from '#lib/catalog/get-catalog-numbers.ts';
import type { SearchPage, SearchRequest } from '#lib/catalog/views.ts';
import { allowedServerIds } from '#lib/orgs/allowlist/allowed-server-ids.ts';
import { searchFacets } from '#lib/search/search-facets.ts';
import { searchServers } from '#lib/search/search-servers.ts';
import { type AllowedIn, FacetList } from './catalog/facet-list.tsx';
import { MarkLegend } from './catalog/mark-legend.tsx';
import { Pagination } from './catalog/pagination.tsx';
import { SearchForm } from './catalog/search-form.tsx';
import { isPlain, parseSearchQuery, type SearchQuery, searchPath, toSearchRequest } from './catalog/search-query.ts';
import { ServerCard } from './catalog/server-card.tsx';
import { Notice } from './components/notice.tsx';
import { Time } from './components/time.tsx';
import { countOf, formatNumber } from './text/count-of.ts';
import { currentViewer } from './viewer.ts';

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const query = parseSearchQuery(await searchParams);
  const alternates = { types: { 'application/atom+xml': '/feed.xml' } };
  return query.text ? { title: `${query.text}: MCP servers`, alternates } : { alternates };
}

const EXAMPLES = ['query postgres', 'read and write files', 'browser automation', 'search the web', 'github issues'];

export default async function HomePage({ searchParams }: Props) {
  const viewer = await currentViewer();
  const { query, within } = await ownSearch(parseSearchQuery(await searchParams), viewer);
  const request = { ...toSearchRequest(query), within };
  const [results, facets, numbers, allowed] = await Promise.all([
    searchServers(request),
    searchFacets({ text: request.text, filters: request.filters, within }),
    getCatalogNumbers(),
    allowedIn(viewer, request),
  ]);
  const isStart = isPlain(query);
  const facetList = <FacetList query={query} counts={facets} allowed={allowed} />;
  return (
    <>
      <div className={isStart ? 'max-w-3xl pt-4 sm:pt-8' : 'max-w-3xl'}>
        <h1 className={isStart ? 'font-semibold text-2xl tracking-tight sm:text-3xl' : 'sr-only'}>
          {isStart ? 'May this server touch your agents?' : 'Search the catalog'}
        </h1>
        {isStart && (
          <p className="mt-2 mb-5 text-ink-2">
            Search MCP servers by what they do. Each carries four marks, and behind every mark is its evidence.
          </p>
        )}
        <SearchForm query={query} />
        {isStart && (
          <p className="mt-2 flex flex-wrap gap-x-3 gap-y-1 text-ink-3 text-sm">
            <span>Try</span>
            {EXAMPLES.map((text) => (
              <Link key={text} href={searchPath({ ...query, text })} prefetch={false} className="link">
                {text}
              </Link>
            ))}
          </p>
        )}
      </div>

      {isStart && (
        <section aria-label="What the marks mean" className="mt-8 border-line border-y py-5">
          <MarkLegend />
        </section>
      )}

      <div className="mt-8 grid gap-8 lg:grid-cols-[12.5rem_minmax(0,1fr)]">
        <aside aria-label="Filters">
          <details className="sheet px-4 py-2 lg:hidden" open={false}>
            <summary className="font-medium text-sm">Filters</summary>
            <div className="pt-3 pb-2">{facetList}</div>
          </details>
          <div className="hidden lg:block">{facetList}</div>
        </aside>
        <section aria-label="Servers" className="min-w-0">
          <div className="flex flex-wrap items-baseline gap-x-3 border-line-strong border-b pb-2">
            <p role="status" className="font-medium first-letter:uppercase">
              {countOf(results.total, 'server')}
              {query.text && (
                <>
                  {' '}
                  for <q>{query.text}</q>
                </>
              )}
            </p>
            {!isStart && (
              <Link href="/" className="link text-sm">
                Clear
              </Link>
            )}
            <p className="text-ink-3 text-xs sm:ml-auto">
              {formatNumber(numbers.servers)} listed ·{' '}
              <Link href="/marks#scan" className="underline decoration-line-strong underline-offset-2 hover:text-ink">
                tools seen of {formatNumber(numbers.withTools)}
              </Link>{' '}
              ·{' '}
              <Link
                href="/marks#signature"
                className="underline decoration-line-strong underline-offset-2 hover:text-ink"
              >
                {formatNumber(numbers.signed)} signed
              </Link>
              {numbers.lastScanAt && (
                <>
                  {' '}
                  · last scan <Time iso={numbers.lastScanAt} />
                </>
              )}
            </p>
          </div>
          {results.note && <Notice className="mt-3">{results.note}</Notice>}
          <Results query={query} results={results} listed={numbers.servers} />
        </section>
      </div>
    </>
  );
}

/** Organizations whose lists are counted beside a search. */
const MAX_ORGS = 5;

/** The search with the list of an organization of who asks; of anybody else's organization nothing is said. */
async function ownSearch({ allowed, ...query }: SearchQuery, viewer: Viewer | null) {
  const within = allowed === undefined ? null : await allowedServerIds(viewer, allowed);
  return within === null ? { query, within: undefined } : { query: { ...query, allowed: allowed! }, within };
}

/** How many of the servers found each organization of who asks allows. */
function allowedIn(viewer: Viewer | null, { text, filters }: SearchRequest): Promise<AllowedIn[]> {
  const orgs = viewer?.orgs.slice(0, MAX_ORGS) ?? [];
  return Promise.all(
    orgs.map(async ({ slug, displayName }) => {
      const within = (await allowedServerIds(viewer, slug)) ?? [];
      const { total } = await searchServers({ text, filters, within, limit: 0, offset: 0 });
      return { slug, name: displayName, servers: total };
    }),
  );
}

function Results({ query, results, listed }: { query: SearchQuery; results: SearchPage; listed: number }) {
  if (results.servers.length > 0) {
    return (
      <>
        {results.servers.map((card) => (
          <ServerCard key={card.name} card={card} />
        ))}
        <Pagination query={query} total={results.total} />
      </>
    );
  }
  if (listed === 0) {
    return (
      <div className="max-w-prose py-8 text-ink-2">
        <p className="font-medium text-ink">The catalog is empty.</p>
        <p className="mt-2">
          Publish a server, or import a list: <code>npx hallmark import servers.jsonl</code>
        </p>
      </div>
    );
  }
  const { allowed, ...unbound } = query;
  const isFiltered = allowed !== undefined || Object.values(query.filters).some((values) => values.length > 0);
  return (
    <div className="max-w-prose py-8 text-ink-2">
      <p className="font-medium text-ink">No server matches.</p>
      <ul className="mt-2 list-disc pl-5">
        {query.page > 1 && (
          <li>
            There are fewer pages than that.{' '}
            <Link href={searchPath({ ...query, page: 1 })} className="link">
              Go to the first
            </Link>
          </li>
        )}
        {isFiltered && (
          <li>
            <Link href={searchPath({ ...unbound, page: 1, filters: parseSearchQuery({}).filters })} className="link">
              Search without filters
            </Link>
          </li>
        )}
        {query.text && (
          <li>Say what the server should do, in fewer words. Tool names and descriptions are searched too.</li>
        )}
      </ul>
    </div>
  );
}
