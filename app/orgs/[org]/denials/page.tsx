import { type DenialView, getDenials } from '#lib/orgs/allowlist/get-denials.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Section } from '../../../components/section.tsx';
import { Time } from '../../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { SelectField, TextArea, TextField } from '../../../forms/fields.tsx';
import { deny, lift } from '../allowlist-actions.ts';
import { AllowlistNav } from '../allowlist-nav.tsx';
import { can, OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';

type Props = { params: Promise<{ org: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Denials');

const KINDS = [
  ['server', 'a server, all versions'],
  ['version', 'one version of a server'],
  ['namespace', 'everything of a namespace'],
] as const;

export default async function OrgDenialsRoute({ params, searchParams }: Props) {
  const [{ viewer, org }, search] = await Promise.all([openOrg(params, 'allowlist'), searchParams]);
  const { standing, lifted } = await getDenials({ viewer, orgSlug: org.slug });
  const canDecide = can(org, 'allowlist.decide');
  const target = [search.server].flat()[0];
  return (
    <OrgFrame org={org} part="allowlist">
      <AllowlistNav slug={org.slug} current="denials" denials={standing.length} />
      <div className="grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0">
          <Section id="standing" title="Denied" aside="Wins over every approval, policy and team">
            {standing.length === 0 && <p className="text-ink-2">Nothing is denied.</p>}
            <ul className="divide-y divide-line">
              {standing.map((denial) => (
                <li key={denial.id} className="py-3">
                  <Denial denial={denial} />
                  {canDecide && <Lift denial={denial} orgSlug={org.slug} />}
                </li>
              ))}
            </ul>
          </Section>
          {lifted.length > 0 && (
            <Section id="lifted" title="Lifted">
              <ul className="divide-y divide-line">
                {lifted.map((denial) => (
                  <li key={denial.id} className="py-3 text-ink-2">
                    <Denial denial={denial} />
                  </li>
                ))}
              </ul>
            </Section>
          )}
        </div>
        {canDecide && (
          <section aria-labelledby="deny-title" className="sheet self-start p-4">
            <h2 id="deny-title" className="mb-3 font-semibold">
              Deny something
            </h2>
            <ActionForm action={deny} label="Deny something">
              <input type="hidden" name="org" value={org.slug} />
              <SelectField name="kind" label="What" options={KINDS} />
              <TextField
                name="target"
                label="Server or namespace"
                placeholder="com.example/files"
                isMono
                maxLength={200}
                defaultValue={target}
              />
              <TextField
                name="version"
                label="Version"
                hint="For one version."
                isMono
                required={false}
                maxLength={255}
              />
              <TextArea
                name="reason"
                label="Reason"
                hint="Goes into the revocations document, which every gateway reads."
                rows={2}
                maxLength={500}
              />
              <TextField
                name="advisory"
                label="Advisory"
                hint="Number or address, such as a CVE."
                required={false}
                maxLength={500}
              />
              <SubmitButton pendingText="Denying">Deny</SubmitButton>
              <FormMessage />
            </ActionForm>
          </section>
        )}
      </div>
    </OrgFrame>
  );
}

function Denial({ denial }: { denial: DenialView }) {
  return (
    <div className="text-sm">
      <p>
        <span className="font-medium font-mono">
          <HostileText>{denial.target}</HostileText>
        </span>{' '}
        <span className="text-ink-3">{denial.kind}</span>
      </p>
      <p className="text-ink-2">
        <q>
          <HostileText>{denial.reason}</HostileText>
        </q>
        {denial.advisory && (
          <>
            {' '}
            <span className="font-mono text-xs">
              <HostileText>{denial.advisory}</HostileText>
            </span>
          </>
        )}
      </p>
      <p className="text-ink-3">
        <HostileText>{denial.by ?? 'Somebody'}</HostileText>, <Time iso={denial.at} />
        {denial.lifted && (
          <>
            ; lifted by <HostileText>{denial.lifted.by ?? 'somebody'}</HostileText>,{' '}
            <Time iso={denial.lifted.at} hint={false} />:{' '}
            <q>
              <HostileText>{denial.lifted.reason}</HostileText>
            </q>
          </>
        )}
      </p>
    </div>
  );
}

function Lift({ denial, orgSlug }: { denial: DenialView; orgSlug: string }) {
  return (
    <details className="mt-2 text-sm">
      <summary className="link w-fit">Lift</summary>
      <ActionForm action={lift} label={`Lift the denial of ${denial.target}`} className="mt-2 max-w-xl gap-3">
        <input type="hidden" name="org" value={orgSlug} />
        <input type="hidden" name="denial" value={denial.id} />
        <TextArea
          name="reason"
          label="Reason"
          hint="What is still approved is allowed again."
          rows={2}
          maxLength={500}
        />
        <SubmitButton isQuiet pendingText="Lifting">
          Lift the denial
        </SubmitButton>
        <FormMessage />
      </ActionForm>
    </details>
  );
}
