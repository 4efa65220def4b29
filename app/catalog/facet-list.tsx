import { CheckIcon } from 'lucide-react';
import { cn } from '../cn.ts';
import { PendingLink } from '../components/nav-link.tsx';
import { formatNumber } from '../text/count-of.ts';
import { FACETS, type Facet, type SearchQuery, searchPath, withAllowed, withToggled } from './search-query.ts';

type Counts = Partial<Record<Facet['key'], Record<string, number>>>;
/** An organization of who looks, and how many of the servers found it allows. */
export type AllowedIn = { slug: string; name: string; servers: number };
type Value = { value: string; label: string; count: number; isOn: boolean; href: string };
const MAX_CATEGORIES = 12;

/** Filters as links: each is the address of the same search with one value turned on or off. */
export function FacetList({
  query,
  counts,
  allowed,
}: {
  query: SearchQuery;
  counts: Counts;
  /** Organizations of who looks, with the number of servers that each allows among those found. */
  allowed: AllowedIn[];
}) {
  return (
    <div className="grid grid-cols-2 gap-x-6 gap-y-5 sm:grid-cols-3 lg:grid-cols-1">
      {allowed.length > 0 && (
        <ValueGroup
          id="allowed"
          heading="Allowed in"
          values={allowed.map(({ slug, name, servers }) => ({
            value: slug,
            label: name,
            count: servers,
            isOn: query.allowed === slug,
            href: searchPath(withAllowed(query, slug)),
          }))}
        />
      )}
      {FACETS.map((facet) => (
        <FacetGroup key={facet.key} facet={facet} query={query} counts={counts[facet.key] ?? {}} />
      ))}
    </div>
  );
}

function FacetGroup({ facet, query, counts }: { facet: Facet; query: SearchQuery; counts: Record<string, number> }) {
  const chosen = query.filters[facet.key];
  const values = (facet.values ?? commonest(counts, chosen)).filter(
    ([value]) => (counts[value] ?? 0) > 0 || chosen.includes(value),
  );
  if (values.length === 0) return null;
  return (
    <ValueGroup
      id={facet.key}
      heading={facet.heading}
      values={values.map(([value, label]) => ({
        value,
        label,
        count: counts[value] ?? 0,
        isOn: chosen.includes(value),
        href: searchPath(withToggled(query, facet.key, value)),
      }))}
    />
  );
}

function ValueGroup({ id, heading, values }: { id: string; heading: string; values: Value[] }) {
  return (
    <section aria-labelledby={`facet-${id}`}>
      <h2 id={`facet-${id}`} className="label mb-1">
        {heading}
      </h2>
      <ul>
        {values.map(({ value, label, count, isOn, href }) => {
          return (
            <li key={value}>
              <PendingLink
                href={href}
                rel="nofollow"
                scroll={false}
                aria-current={isOn ? 'true' : undefined}
                className="group flex items-center gap-2 rounded-sm py-0.5 text-ink-2 text-sm hover:text-ink"
              >
                <span
                  aria-hidden
                  className={cn(
                    'flex size-3.5 shrink-0 items-center justify-center rounded-sm border border-line-strong bg-sheet',
                    isOn && 'border-accent bg-accent text-on-accent',
                  )}
                >
                  {isOn && <CheckIcon className="size-3" strokeWidth={3} />}
                </span>
                <span className={cn('min-w-0', isOn && 'font-medium text-ink')}>{label}</span>
                <span className="ml-auto text-ink-3 text-xs">{formatNumber(count)}</span>
              </PendingLink>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** The values that most servers have, and those that are chosen, by name. */
function commonest(counts: Record<string, number>, chosen: string[]): [string, string][] {
  const most = Object.keys(counts)
    .sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a.localeCompare(b))
    .slice(0, MAX_CATEGORIES);
  return [...new Set([...most, ...chosen])].sort((a, b) => a.localeCompare(b)).map((value) => [value, value]);
}
