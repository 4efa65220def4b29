import { CHECKED_CLIENTS, type CheckStep, type ClientCheck } from '#lib/exports/client-checks/index.ts';
import type { ExportClientId } from '#lib/exports/index.ts';
import type { ExportRequest } from '#lib/orgs/published/org-export.ts';
import { cn } from '../../../cn.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Section } from '../../../components/section.tsx';
import { StateSign, type StateTone } from '../../../components/state-sign.tsx';
import { orgPath } from '../../../paths.ts';
import { askedTexts } from './clients-query.ts';

const OUTCOME: Record<ClientCheck['outcome'], string> = {
  works: 'works with this address.',
  warned: 'works with this address; something should be mended.',
  fails: 'does not work with this address.',
};

/** Plays a client against the view over the public address. A form and no link: nothing may fetch it ahead. */
export function CheckRegistry({
  slug,
  asked,
  client,
  result,
}: {
  slug: string;
  asked: ExportRequest;
  client: ExportClientId;
  result: ClientCheck | null;
}) {
  return (
    <Section
      id="check"
      title="Test this registry as a client"
      aside="Over the public address, through every proxy on the way"
    >
      <form action={`${orgPath(slug, 'exports')}#check`} className="flex flex-wrap gap-2">
        <input type="hidden" name="client" value={client} />
        {Object.entries(askedTexts(asked)).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {Object.entries(CHECKED_CLIENTS).map(([id, { title }]) => (
          <button
            key={id}
            type="submit"
            name="check"
            value={id}
            aria-pressed={result?.client === id}
            className={cn(
              'rounded-md border border-line-strong px-3 py-1.5 font-medium text-sm hover:bg-well',
              result?.client === id && 'border-accent bg-accent-wash',
            )}
          >
            {title}
          </button>
        ))}
      </form>
      <p className="mt-2 text-ink-3 text-sm">
        From a machine of your users: <code>npx hallmark registry-check --as vscode ADDRESS</code>
      </p>
      {result && (
        <div className="mt-4">
          <Notice role="status">
            {result.title} {OUTCOME[result.outcome]}
          </Notice>
          <ol className="mt-3 divide-y divide-line border-line border-y">
            {result.steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the steps of one check do not move.
              <Step key={index} step={step} />
            ))}
          </ol>
        </div>
      )}
    </Section>
  );
}

const toneOf = ({ problems }: CheckStep): StateTone => {
  if (problems.some(({ severity }) => severity === 'error')) return 'bad';
  return problems.length > 0 ? 'doubt' : 'good';
};
const TONE_WORD: Record<string, string> = { good: 'fine', doubt: 'warning', bad: 'wrong' };

function Step({ step }: { step: CheckStep }) {
  const tone = toneOf(step);
  return (
    <li className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2 py-2.5">
      <StateSign tone={tone} />
      <div className="min-w-0 text-sm">
        <p>
          <span className="font-medium">{step.title}</span> <span className="text-ink-3">{TONE_WORD[tone]}</span>
        </p>
        {step.request && (
          <p className="break-all font-mono text-ink-2 text-xs">
            {step.request.method} {step.request.url}
          </p>
        )}
        {step.problems.map(({ code, message, fix }) => (
          <div key={`${code} ${message}`} className="mt-1.5 border-ink border-l-3 bg-well px-3 py-1.5">
            <p>
              <HostileText>{message}</HostileText> <code className="text-ink-3">{code}</code>
            </p>
            <p className="text-ink-2">
              <span className="font-medium">Mend it:</span> {fix}
            </p>
          </div>
        ))}
        {step.answer && <Answer answer={step.answer} isOpen={tone === 'bad'} />}
      </div>
    </li>
  );
}

function Answer({ answer, isOpen }: { answer: NonNullable<CheckStep['answer']>; isOpen: boolean }) {
  return (
    <details className="mt-1" open={isOpen}>
      <summary className="cursor-pointer text-ink-3 text-xs">What came: {answer.status}</summary>
      <pre className="mt-1 whitespace-pre-wrap break-all rounded-md border border-line bg-well p-2 text-xs">
        <HostileText>
          {[...Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`), '', answer.excerpt].join(
            '\n',
          )}
        </HostileText>
      </pre>
    </details>
  );
}
