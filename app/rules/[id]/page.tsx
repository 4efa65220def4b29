import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { getRuleUse, type RuleUse } from '#lib/scans/get-rule-use.ts';
import { ruleById } from '#scanners/registry.ts';
import type { Rule } from '#scanners/types.ts';
import { RULESET_VERSION } from '#scanners/version.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { EvidenceQuote } from '../../components/evidence-quote.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { HostileText } from '../../components/hostile-text.tsx';
import { PendingLink } from '../../components/nav-link.tsx';
import { ReferenceLinks } from '../../components/reference-links.tsx';
import { RuleText } from '../../components/rule-text.tsx';
import { Section } from '../../components/section.tsx';
import { serverPath } from '../../paths.ts';
import { countOf, formatNumber } from '../../text/count-of.ts';
import { type ExampleView, examplesOfRule } from './rule-examples.ts';

type Props = { params: Promise<{ id: string }> };

const ruleOf = async (params: Props['params']) => ruleById((await params).id);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const rule = await ruleOf(params);
  return rule ? { title: `${rule.title} (${rule.id})`, description: rule.finds } : { title: 'Not found' };
}

const CLASS_TEXT = {
  accusation: 'Accusation: it says that something is wrong, and the publisher can dispute it.',
  hygiene: 'Hygiene: something that a careful publisher would put right.',
  capability: 'Capability: a fact about power, which does not count against the grade.',
} as const;

/** Everything about one rule, written from the rule itself; its examples are the tests that it has to pass. */
export default async function RulePage({ params }: Props) {
  const rule = await ruleOf(params);
  if (!rule) notFound();
  const use = await getRuleUse(rule.id);
  const { finds, leaves } = examplesOfRule(rule);
  return (
    <article>
      <p className="text-sm">
        <PendingLink href="/rules" className="link">
          Rules of the scan
        </PendingLink>
      </p>
      <h1 className="mt-1 font-semibold text-2xl tracking-tight">{rule.title}</h1>
      <p className="mt-1 text-ink-3 text-sm">
        <code>{rule.id}</code>
      </p>
      <div className="mt-6 grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_17rem]">
        <div className="min-w-0">
          <Words rule={rule} />
          {finds.length > 0 && (
            <Section id="finds" title="Examples that it finds" aside={finds.length}>
              <ExampleList examples={finds} accuses={rule.class === 'accusation'} />
            </Section>
          )}
          {leaves.length > 0 && (
            <Section id="leaves" title="Examples that it leaves alone" aside={leaves.length}>
              <ExampleList examples={leaves} accuses={false} />
            </Section>
          )}
        </div>
        <aside className="min-w-0">
          <Facts>
            <Fact label="Class">{CLASS_TEXT[rule.class]}</Fact>
            <Fact label="Severity">{rule.severity}, unless a case is milder or worse</Fact>
            <Fact label="Confidence">{rule.confidence}</Fact>
            <Fact label="Ruleset">
              <code>{RULESET_VERSION}</code>
            </Fact>
          </Facts>
          <h2 className="label mt-5">Written about it</h2>
          <ReferenceLinks references={rule.references} />
          <Use use={use} />
        </aside>
      </div>
    </article>
  );
}

function Words({ rule }: { rule: Rule }) {
  const parts = [
    ['What it finds', rule.finds],
    ['Why it matters', rule.matters],
    ['What to do', rule.remediation],
  ] as const;
  return (
    <dl className="grid max-w-prose gap-4">
      {parts.map(([label, text]) => (
        <div key={label}>
          <dt className="font-medium text-sm">{label}</dt>
          <dd className="mt-0.5 text-ink-2">
            <RuleText>{text}</RuleText>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function ExampleList({ examples, accuses }: { examples: ExampleView[]; accuses: boolean }) {
  return (
    <ul className="grid gap-6">
      {examples.map((example) => (
        <li key={example.shows} className="min-w-0">
          <h3 className="font-medium text-sm first-letter:uppercase">{example.shows}</h3>
          {example.tool !== null && (
            <p className="mt-0.5 text-ink-3 text-xs">
              Description of the tool{' '}
              <code>
                <HostileText>{example.tool}</HostileText>
              </code>
            </p>
          )}
          <CodeBlock text={example.text} what="the example" className="mt-1.5" />
          {example.cut > 0 && (
            <p className="mt-1 text-ink-3 text-xs">{formatNumber(example.cut)} more characters are not shown.</p>
          )}
          {example.found && (
            <div className="mt-2">
              <p className="text-sm">
                <span className="text-ink-3">The scan says: </span>
                <HostileText>{example.found.message}</HostileText>
              </p>
              {example.found.evidence && <EvidenceQuote evidence={example.found.evidence} accuses={accuses} />}
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

function Use({ use: { servers, examples } }: { use: RuleUse }) {
  return (
    <>
      <h2 className="label mt-5">In this catalog</h2>
      <p className="mt-1 text-sm first-letter:uppercase">
        {countOf(servers, 'server')} {servers === 1 ? 'has' : 'have'} it in the latest version.
      </p>
      {examples.length > 0 && (
        <ul className="mt-2 grid gap-1 text-xs">
          {examples.map(({ name }) => (
            <li key={name} className="min-w-0">
              <Link href={serverPath(name, { tab: 'findings' })} prefetch={false} className="link break-all font-mono">
                <HostileText>{name}</HostileText>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {servers > examples.length && (
        <p className="mt-1 text-ink-3 text-xs">and {formatNumber(servers - examples.length)} more</p>
      )}
    </>
  );
}
