import type { FeedPage, GatewayView } from '#lib/feed/store/get-feed-page.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Tag } from '../../../components/parts.tsx';
import { Section } from '../../../components/section.tsx';
import { Time } from '../../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { forgetGatewayAction } from './actions.ts';

/** Which list runs where, as gateways say; those that are behind stand first. */
export function Gateways({ slug, page, canManage }: { slug: string; page: FeedPage; canManage: boolean }) {
  const { gateways, serial } = page;
  const current = gateways.filter(({ isCurrent }) => isCurrent).length;
  const summary = gateways.length === 0 ? null : `${current} of ${gateways.length} gateways run serial ${serial}`;
  return (
    <Section id="gateways" title="Gateways" aside={summary}>
      {gateways.length === 0 ? (
        <p className="text-ink-3">
          None has said what it runs yet. A gateway tells with a token: <code>--feed-token-file</code>.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {gateways.map((gateway) => (
            <Gateway key={gateway.id} slug={slug} gateway={gateway} canManage={canManage} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Gateway({ slug, gateway, canManage }: { slug: string; gateway: GatewayView; canManage: boolean }) {
  const { instance, program, token, serial, epoch, behind, isCurrent, isSilent, problem, scope } = gateway;
  const lag = behind === null ? `of epoch ${epoch}` : `${behind} behind`;
  return (
    <li className="grid gap-x-4 gap-y-1 py-2 text-sm sm:grid-cols-[7rem_minmax(0,1fr)_auto]">
      <span>
        <span className="font-mono">{serial}</span>
        {!isCurrent && <Tag>{lag}</Tag>}
      </span>
      <span className="min-w-0">
        <span className="break-all font-mono">
          <HostileText>{instance}</HostileText>
        </span>
        {isSilent && <Tag>silent</Tag>}
        {scope.map((text) => (
          <Tag key={text}>
            <HostileText>{text}</HostileText>
          </Tag>
        ))}
        <span className="block text-ink-3">
          <HostileText>{program}</HostileText>, token <HostileText>{token}</HostileText>. Applied{' '}
          <Time iso={gateway.appliedAt} withTime />, seen <Time iso={gateway.seenAt} withTime />
        </span>
        {problem && (
          <span className="block">
            Could not apply: <HostileText>{problem}</HostileText>
          </span>
        )}
      </span>
      {canManage && (
        <ActionForm action={forgetGatewayAction} label={`Forget ${instance}`} className="gap-1 self-start">
          <input type="hidden" name="orgSlug" value={slug} />
          <input type="hidden" name="gatewayId" value={gateway.id} />
          <SubmitButton pendingText="Forgetting" isQuiet>
            Forget
          </SubmitButton>
          <FormMessage />
        </ActionForm>
      )}
    </li>
  );
}
