import type { PublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import { cn } from '../../cn.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { PendingLink } from '../../components/nav-link.tsx';
import { Section } from '../../components/section.tsx';
import { consolePath } from '../../paths.ts';
import { isSetUp, type SetupStep, setupSteps } from './setup-steps.ts';

const targetOf = (slug: string, { tab }: SetupStep): string =>
  tab === 'versions' ? `${consolePath(slug)}#publish` : consolePath(slug, tab);

/** What is left to do until a listing is verified and signed; nothing once it is. */
export function SetupGuide({ publisher }: { publisher: PublisherConsole }) {
  const steps = setupSteps(publisher, new Date());
  if (isSetUp(steps)) return null;
  const left = steps.filter(({ state }) => state !== 'done').length;
  return (
    <Section id="setup" title="To a verified, signed listing" aside={`${left} of ${steps.length} steps left`}>
      <ol className="sheet divide-y divide-line">
        {steps.map((step, index) => (
          <li key={step.id} className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-x-3 px-4 py-3">
            <span
              aria-hidden
              className={cn(
                'mt-0.5 grid size-6 place-items-center rounded-full border text-xs',
                step.state === 'done' && 'border-accent bg-accent text-on-accent',
                step.state === 'under way' && 'border-accent text-accent',
                step.state === 'to do' && 'border-line-strong text-ink-3',
              )}
            >
              {index + 1}
            </span>
            <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
              <h3 className="font-medium">{step.title}</h3>
              <span className="label">{step.state}</span>
              <PendingLink href={targetOf(publisher.slug, step)} className="link text-sm max-sm:order-last sm:ml-auto">
                {step.action}
              </PendingLink>
              <p className="w-full text-ink-2 text-sm">
                <HostileText>{step.text}</HostileText>
              </p>
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** The next step, in one line, on every other tab. */
export function SetupLine({ publisher, tab }: { publisher: PublisherConsole; tab: string }) {
  const steps = setupSteps(publisher, new Date());
  const next = steps.find(({ state, tab: of }) => state !== 'done' && of !== tab);
  if (isSetUp(steps) || !next) return null;
  const here = steps.find((step) => step.tab === tab);
  return (
    <p className="mb-6 text-ink-2 text-sm">
      {here && here.state !== 'done' ? (
        <>
          This is step {steps.indexOf(here) + 1} of {steps.length} to a verified, signed listing.
        </>
      ) : (
        <>
          {here && `Step ${steps.indexOf(here) + 1} of ${steps.length} is done. `}
          Next:{' '}
          <PendingLink href={targetOf(publisher.slug, next)} className="link">
            {next.title.toLowerCase()}
          </PendingLink>
          .
        </>
      )}{' '}
      <PendingLink href={consolePath(publisher.slug)} className="link">
        All steps
      </PendingLink>
    </p>
  );
}
