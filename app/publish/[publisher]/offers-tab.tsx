import type { ReactNode } from 'react';
import type { PublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import type { MoveView, TransferView } from '#lib/publishers/list-offers.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { PendingLink } from '../../components/nav-link.tsx';
import { Rows, Tag } from '../../components/parts.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../forms/action-form.tsx';
import type { Action } from '../../forms/action-state.ts';
import { TextArea, TextField } from '../../forms/fields.tsx';
import { consolePath } from '../../paths.ts';
import { decideMoveAction, decideTransferAction, offerMoveAction } from '../offer-actions.ts';

type Decision = 'accept' | 'decline' | 'cancel';

/** Namespaces between publishers and servers between names: what waits for this publisher first. */
export function OffersTab({ publisher }: { publisher: PublisherConsole }) {
  const { transfers, moves, can } = publisher;
  const transfer = (view: TransferView, decisions: Decision[]) => (
    <Offer
      key={view.id}
      view={view}
      action={decideTransferAction}
      decisions={can['namespace.transfer'] ? decisions : []}
      label={`transfer of ${view.namespace}`}
    >
      Namespace <Name>{view.namespace}</Name> from {view.from.displayName} to {view.to.displayName}
    </Offer>
  );
  const move = (view: MoveView, decisions: Decision[]) => (
    <Offer
      key={view.id}
      view={view}
      action={decideMoveAction}
      decisions={can['server.move'] ? decisions : []}
      label={`move of ${view.fromName}`}
    >
      Server <Name>{view.fromName}</Name> goes on as <Name>{view.toName}</Name>
      {view.state === 'offered' && !view.isTargetPublished && (
        <span className="block text-ink-3">
          Accepting needs a version of <Name>{view.toName}</Name>. There is none yet.
        </span>
      )}
    </Offer>
  );
  const isOwnMove = (view: MoveView) => holds(publisher, view.fromName);
  return (
    <>
      <Section id="incoming" title="Waiting for this publisher">
        <Rows nothing="Nobody offers a namespace or a server to this publisher.">
          {[
            ...transfers.incoming.map((view) => transfer(view, ['accept', 'decline'])),
            ...moves.incoming.map((view) =>
              move(view, [
                ...(view.isTargetPublished ? ['accept' as const] : []),
                isOwnMove(view) ? 'cancel' : 'decline',
              ]),
            ),
          ]}
        </Rows>
      </Section>
      <Section id="outgoing" title="Waiting for others">
        <Rows nothing="This publisher offers nothing at the moment.">
          {[
            ...transfers.outgoing.map((view) => transfer(view, ['cancel'])),
            ...moves.outgoing.map((view) => move(view, ['cancel'])),
          ]}
        </Rows>
      </Section>
      <NewOffers publisher={publisher} />
      <Section id="past" title="Past">
        <Rows nothing="Nothing was transferred or moved yet.">
          {[
            ...transfers.past.map((view) => transfer(view, [])),
            ...moves.past.map((view) => move(view, view.state === 'accepted' && isOwnMove(view) ? ['cancel'] : [])),
          ]}
        </Rows>
      </Section>
    </>
  );
}

const holds = (publisher: PublisherConsole, serverName: string): boolean =>
  publisher.namespaces.some(({ name }) => serverName.startsWith(`${name}/`));

function NewOffers({ publisher }: { publisher: PublisherConsole }) {
  return (
    <Section id="move" title="Move a server to another name">
      <p className="mb-3 max-w-prose text-ink-2 text-sm">
        For a server that goes on elsewhere. Its old name answers with where it went: its versions are deprecated, and
        it takes no further ones. The holder of the new name accepts; where that is you, it happens at once. To give
        away a whole namespace,{' '}
        <PendingLink href={consolePath(publisher.slug, 'namespaces')} className="link">
          transfer it
        </PendingLink>
        .
      </p>
      {publisher.can['server.move'] ? (
        <ActionForm action={offerMoveAction} label="Move a server">
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField name="fromName" label="Old name" isMono maxLength={200} placeholder="io.github.acme/weather" />
            <TextField name="toName" label="New name" isMono maxLength={200} placeholder="com.example/weather" />
          </div>
          <TextArea
            name="message"
            label="Message"
            rows={2}
            required={false}
            maxLength={500}
            hint="For the holder of the new name. Optional."
          />
          <SubmitButton pendingText="Offering" isQuiet>
            Offer move
          </SubmitButton>
          <FormMessage />
        </ActionForm>
      ) : (
        <p className="text-ink-3">Owners of this publisher can move servers.</p>
      )}
    </Section>
  );
}

const BUTTON: Record<Decision, [text: string, pending: string]> = {
  accept: ['Accept', 'Accepting'],
  decline: ['Decline', 'Declining'],
  cancel: ['Take back', 'Taking back'],
};

const DECIDED: Record<TransferView['state'], string> = {
  offered: 'Offered',
  accepted: 'Accepted',
  declined: 'Declined',
  cancelled: 'Taken back',
  expired: 'Expired',
};

function Offer({
  view,
  action,
  decisions,
  label,
  children,
}: {
  view: TransferView | MoveView;
  action: Action;
  decisions: Decision[];
  label: string;
  children: ReactNode;
}) {
  return (
    <li aria-label={label} className="flex flex-wrap items-start gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-72 text-sm">
        <p>
          {children}
          {view.state !== 'offered' && <Tag>{DECIDED[view.state].toLowerCase()}</Tag>}
        </p>
        {view.message && (
          <p className="whitespace-pre-line text-ink-2">
            <q>
              <HostileText>{view.message}</HostileText>
            </q>
          </p>
        )}
        <p className="text-ink-3">
          Offered by <HostileText>{view.offeredBy}</HostileText>, <Time iso={view.offeredAt} />.{' '}
          {view.state === 'offered' && (
            <>
              Open until <Time iso={view.expiresAt} />.
            </>
          )}
          {view.decidedAt && (
            <>
              {DECIDED[view.state]} by <HostileText>{view.decidedBy ?? 'somebody'}</HostileText>,{' '}
              <Time iso={view.decidedAt} />.
            </>
          )}
        </p>
      </div>
      {decisions.length > 0 && (
        <ActionForm action={action} label={label} className="gap-2">
          <input type="hidden" name="id" value={view.id} />
          <div className="flex gap-2">
            {decisions.map((decision) => (
              <SubmitButton
                key={decision}
                name="decision"
                value={decision}
                isQuiet={decision !== 'accept'}
                pendingText={BUTTON[decision][1]}
              >
                {BUTTON[decision][0]}
              </SubmitButton>
            ))}
          </div>
          <FormMessage />
        </ActionForm>
      )}
    </li>
  );
}

const Name = ({ children }: { children: string }) => <span className="font-mono text-xs">{children}</span>;
