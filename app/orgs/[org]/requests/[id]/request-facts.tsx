import type { RequestPage } from '#lib/orgs/requests/get-request.ts';
import { Fact, Facts } from '../../../../components/facts.tsx';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { PendingLink } from '../../../../components/nav-link.tsx';
import { Time } from '../../../../components/time.tsx';
import { orgPath } from '../../../../paths.ts';
import { countOf } from '../../../../text/count-of.ts';
import { KIND_WORDS, STATE_WORDS, VERDICT_WORDS } from '../request-words.ts';

/** Who wants what until when, what the policy says, and what is allowed already. */
export function RequestFacts({ request, orgSlug }: { request: RequestPage; orgSlug: string }) {
  const tools = request.toolPolicy && Object.keys(request.toolPolicy.rules);
  // What Hallmark opened asks for nothing new: tools and terms are those of the entry.
  const isPerson = request.kind === 'person';
  return (
    <Facts className="sm:grid-cols-2">
      <Fact label="Kind">{KIND_WORDS[request.kind]}</Fact>
      <Fact label="Asked by">
        <HostileText>{request.requester ?? 'Hallmark'}</HostileText>, <Time iso={request.createdAt} />
      </Fact>
      <Fact label="For">{isPerson && (request.team ?? 'the whole organization')}</Fact>
      <Fact label="Reason">
        <q>
          <HostileText>{request.reason}</HostileText>
        </q>
      </Fact>
      <Fact label="Tools">
        {tools === null ? (
          isPerson && 'all'
        ) : (
          <ul className="flex flex-wrap gap-1.5">
            {tools.map((name) => (
              <li key={name} className="rounded-sm border border-line px-1.5 font-mono text-xs leading-5">
                <HostileText>{name}</HostileText>
              </li>
            ))}
          </ul>
        )}
      </Fact>
      <Fact label="Versions">
        {request.versionRule.kind === 'exact'
          ? `${request.version} alone`
          : request.versionRule.kind === 'range'
            ? request.versionRule.range
            : 'the latest approved one'}
      </Fact>
      <Fact label="Until">{request.until ? <Time iso={request.until} /> : isPerson && 'no end'}</Fact>
      <Fact label="State">
        {STATE_WORDS[request.state]}
        {request.decided ? (
          <>
            {request.decided.by && (
              <>
                {' '}
                by <HostileText>{request.decided.by}</HostileText>
              </>
            )}
            , <Time iso={request.decided.at} />
            {request.decided.words && (
              <>
                :{' '}
                <q>
                  <HostileText>{request.decided.words}</HostileText>
                </q>
              </>
            )}
            {request.decided.conditions && (
              <span className="block">
                Conditions: <HostileText>{request.decided.conditions}</HostileText>
              </span>
            )}
          </>
        ) : (
          <>
            , {request.isOverdue ? 'overdue since' : 'due'} <Time iso={request.dueAt} />
          </>
        )}
      </Fact>
      <Fact label="Policy">
        {request.verdict ? (
          <>
            {VERDICT_WORDS[request.verdict.outcome]}
            <ul className="list-disc pl-5">
              {[...request.verdict.reasons, ...request.verdict.errors].map((reason) => (
                <li key={reason}>
                  <HostileText>{reason}</HostileText>
                </li>
              ))}
            </ul>
            <PendingLink href={orgPath(orgSlug, `policy/decisions/${request.verdict.id}`)} className="link text-sm">
              The facts that it saw
            </PendingLink>
          </>
        ) : (
          'says nothing'
        )}
      </Fact>
      <Fact label="Allowed now">
        {request.approved.length === 0
          ? 'nothing of this server'
          : request.approved
              .map(({ version, tools: allowed }) => `${version} (${countOf(allowed.length, 'tool')})`)
              .join(', ')}
      </Fact>
      {request.others.length > 0 && (
        <Fact label="Also waiting">
          <ul>
            {request.others.map(({ id, version, requester }) => (
              <li key={id}>
                <PendingLink href={orgPath(orgSlug, `requests/${id}`)} className="link">
                  {version}
                </PendingLink>
                , <HostileText>{requester ?? 'Hallmark'}</HostileText>
              </li>
            ))}
          </ul>
        </Fact>
      )}
    </Facts>
  );
}
