import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { compareVersions } from '#lib/scans/compare-versions.ts';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { PendingLink } from '../../../../components/nav-link.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { serverPath } from '../../../../paths.ts';
import { visibleText } from '../../../../text/split-invisible.ts';
import { currentViewer } from '../../../../viewer.ts';
import type { ServerParams, ServerSearch } from '../load-server.ts';
import { ChangeSections } from './change-sections.tsx';
import { NO_COMPARISON, notComparedSentence, summaryOf } from './comparison-words.ts';
import { PermissionDelta } from './permission-delta.tsx';
import { Sides } from './sides.tsx';
import { VersionPair } from './version-pair.tsx';

type Props = { params: ServerParams; searchParams: ServerSearch };

const load = cache(async (name: string, from: string | undefined, to: string | undefined, approvedBy?: string) =>
  compareVersions({ name, from, to, approvedBy, viewer: await currentViewer() }),
);

async function loadComparison({ params, searchParams }: Props) {
  const [{ namespace, name }, search] = await Promise.all([params, searchParams]);
  const one = (key: string) => [search[key]].flat()[0] || undefined;
  const [from, to, approved] = [one('from'), one('to'), one('approved')];
  const decoded = decode(`${namespace}/${name}`);
  // PostgreSQL takes no NUL in a text; no name or version has one either.
  if (decoded === null || [decoded, from, to, approved].some((text) => text?.includes('\0'))) return null;
  return load(decoded, from, to, approved);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const comparison = await loadComparison(props);
  if (!comparison) return { title: 'Not found' };
  const title = `${visibleText(comparison.title ?? comparison.serverName)}: what changed`;
  return { title, robots: { index: false } };
}

export default async function CompareRoute(props: Props) {
  const comparison = await loadComparison(props);
  if (!comparison) notFound();
  const { serverName, title } = comparison;
  return (
    <article>
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <p className="text-ink-3 text-sm">
            <PendingLink href={serverPath(serverName, { tab: 'versions' })} className="link">
              <HostileText>{serverName}</HostileText>
            </PendingLink>
          </p>
          <h1 className="font-semibold text-2xl leading-tight tracking-tight">
            What changed in <HostileText>{title ?? serverName.slice(serverName.indexOf('/') + 1)}</HostileText>
          </h1>
        </div>
        <VersionPair comparison={comparison} />
      </header>
      {'reason' in comparison ? (
        <Notice className="mt-6">{NO_COMPARISON[comparison.reason]}</Notice>
      ) : (
        <>
          <Sides comparison={comparison} />
          <p className="mt-6 max-w-prose font-medium">{summaryOf(comparison.drift)}</p>
          {comparison.drift.notCompared.length > 0 && (
            <Notice className="mt-3">{notComparedSentence(comparison.drift.notCompared)}</Notice>
          )}
          <PermissionDelta comparison={comparison} />
          <ChangeSections comparison={comparison} />
        </>
      )}
    </article>
  );
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
