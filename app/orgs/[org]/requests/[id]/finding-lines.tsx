import type { ServerPage } from '#lib/catalog/views.ts';
import { cn } from '../../../../cn.ts';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { countOf } from '../../../../text/count-of.ts';

const SHOWN = 12;

/** A line a finding, accusations first; facts about power are under permissions. */
export function FindingLines({ server }: { server: ServerPage }) {
  if (!server.scan?.finishedAt) return <p className="text-ink-2">Not known: this version has no finished scan.</p>;
  const findings = server.scan.findings.filter((finding) => finding.class !== 'capability');
  if (findings.length === 0) {
    return (
      <p className="text-ink-2">No accusations and no hygiene findings in what was covered. That is all it says.</p>
    );
  }
  // A kind of finding is one line, however often it was found.
  const kinds = [...new Map(findings.map((finding) => [`${finding.ruleId} ${finding.severity}`, finding])).values()];
  const sorted = kinds.sort((a, b) => Number(b.class === 'accusation') - Number(a.class === 'accusation'));
  return (
    <ul className="grid gap-1.5 text-sm">
      {sorted.slice(0, SHOWN).map((finding) => (
        <li key={finding.fingerprint}>
          <span className={cn('font-medium', finding.class === 'accusation' && 'text-accusation')}>
            {finding.severity}
          </span>{' '}
          <HostileText>{finding.title}</HostileText>
        </li>
      ))}
      {sorted.length > SHOWN && <li className="text-ink-3">{countOf(sorted.length - SHOWN, 'more', 'more')}</li>}
    </ul>
  );
}
