import type { FeedPage } from '#lib/feed/store/get-feed-page.ts';
import type { FeedKeyView } from '#lib/feed/store/list-keys.ts';
import { Digest } from '../../../components/digest.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Disclosure, Tag } from '../../../components/parts.tsx';
import { Section } from '../../../components/section.tsx';
import { Time } from '../../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { SelectField, TextArea, TextField } from '../../../forms/fields.tsx';
import {
  adoptRecoveryKeyAction,
  declareCompromisedAction,
  renewRootAction,
  retireKeyAction,
  rotateKeyAction,
  takeRecoveryKitAction,
} from './actions.ts';
import { RecoveryKit } from './recovery-kit.tsx';

const PROVIDERS: Record<string, string> = {
  sealed: 'sealed in the database',
  pem: 'file',
  vault: 'Vault',
  'aws-kms': 'AWS KMS',
  offline: 'kept offline',
};
const ALGORITHMS = [
  ['ed25519', 'Ed25519'],
  ['ecdsa-p256', 'ECDSA P-256'],
] as const;
const ROLES: { role: FeedKeyView['role']; signs: string; overlap: number }[] = [
  { role: 'feed', signs: 'what is allowed', overlap: 30 },
  { role: 'freshness', signs: 'that it is still current', overlap: 1 },
  { role: 'root', signs: 'which keys count', overlap: 90 },
];

export function Keys({ slug, page, canManage }: { slug: string; page: FeedPage; canManage: boolean }) {
  return (
    <Section id="keys" title="Keys" aside={`Root ${page.rootVersion} names them`}>
      {page.doesRootEndSoon && (
        <Notice className="mb-4">
          The root ends <Time iso={page.rootExpires} />. After that no gateway accepts the feed: sign a new one.
        </Notice>
      )}
      <ul className="divide-y divide-line">
        {page.keys.map((key) => (
          <KeyRow key={key.keyid} item={key} />
        ))}
      </ul>
      {page.endedKeys.length > 0 && (
        <details className="mt-3">
          <summary className="link w-fit text-sm">Keys that ended ({page.endedKeys.length})</summary>
          <ul className="mt-1 divide-y divide-line">
            {page.endedKeys.map((key) => (
              <KeyRow key={key.keyid} item={key} />
            ))}
          </ul>
        </details>
      )}
      {canManage && <KeyForms slug={slug} page={page} />}
    </Section>
  );
}

function KeyRow({ item }: { item: FeedKeyView }) {
  return (
    <li className="grid gap-x-4 gap-y-0.5 py-2 text-sm sm:grid-cols-[6rem_minmax(0,1fr)_auto]">
      <span className="font-medium">{item.role}</span>
      <span className="min-w-0 text-ink-2">
        {item.algorithm}, {PROVIDERS[item.provider] ?? item.provider}
        {item.place && <span className="ml-1 break-all font-mono text-xs">{item.place}</span>}
        {item.isCompromised && <Tag>compromised</Tag>}
        <span className="block text-ink-3">
          since <Time iso={item.createdAt} />
          {item.signsUntil && !item.endedAt && (
            <>
              , signs until <Time iso={item.signsUntil} />
            </>
          )}
          {item.endedAt && (
            <>
              , ended <Time iso={item.endedAt} />: {item.state.replace(/^[a-z]+: /, '')}
            </>
          )}
        </span>
      </span>
      <Digest value={item.keyid} what={`the id of the ${item.role} key`} />
    </li>
  );
}

function KeyForms({ slug, page }: { slug: string; page: FeedPage }) {
  const org = <input type="hidden" name="orgSlug" value={slug} />;
  const secret = page.isRootHere ? null : (
    <TextArea
      name="rootSecret"
      label="Private root key (PEM)"
      hint="It is kept offline, and this needs its signature. It is used once and not stored."
      isMono
      rows={4}
    />
  );
  const replaced = page.keys.filter((key) => page.keys.some((o) => o.role === key.role && o.keyid !== key.keyid));
  const nameOf = (key: FeedKeyView) => [key.keyid, `${key.role} ${key.keyid.slice(0, 12)}`] as const;
  return (
    <div className="mt-4 grid gap-1">
      {ROLES.map(({ role, signs, overlap }) => (
        <Disclosure key={role} name="keys" summary={`Replace the ${role} key`}>
          <ActionForm action={rotateKeyAction} label={`Replace the ${role} key`}>
            {org}
            <input type="hidden" name="role" value={role} />
            <p className="text-ink-2 text-sm">
              It signs {signs}. The new key is made here and sealed in the database. Old and new sign together for some
              days, so that every gateway learns of the new one. For a key in a file, Vault or AWS KMS the operator runs{' '}
              <code>hallmark keys rotate {role}</code>.
            </p>
            <div className="grid gap-4 sm:grid-cols-2">
              <SelectField name="algorithm" label="Algorithm" options={ALGORITHMS} />
              <TextField
                name="overlapDays"
                type="number"
                min={0}
                max={365}
                label="Days together"
                defaultValue={overlap}
              />
            </div>
            {secret}
            <SubmitButton pendingText="Signing">Replace</SubmitButton>
            <FormMessage />
          </ActionForm>
        </Disclosure>
      ))}
      {replaced.length > 0 && (
        <Disclosure name="keys" summary="Retire a key that has a successor">
          <ActionForm action={retireKeyAction} label="Retire a key">
            {org}
            <SelectField name="keyid" label="Key" options={replaced.map(nameOf)} />
            <TextField name="reason" label="Why" />
            {secret}
            <SubmitButton pendingText="Signing">Retire</SubmitButton>
            <FormMessage />
          </ActionForm>
        </Disclosure>
      )}
      <Disclosure name="keys" summary="Renew the root">
        <ActionForm action={renewRootAction} label="Renew the root">
          {org}
          <p className="text-ink-2 text-sm">
            The same keys, good for another year. Now until <Time iso={page.rootExpires} />.
          </p>
          {secret}
          <SubmitButton pendingText="Signing">Renew</SubmitButton>
          <FormMessage />
        </ActionForm>
      </Disclosure>
      <Disclosure name="keys" summary="Take over a recovery key">
        <ActionForm action={adoptRecoveryKeyAction} label="Take over a recovery key">
          {org}
          <p className="text-ink-2 text-sm">
            Make it on your own machine with <code>npx hallmark keys recovery generate --out recovery.pem</code> and
            paste only recovery.pem.pub. Its private half never comes here.
          </p>
          <TextArea name="publicPem" label="Public half (PEM)" isMono rows={4} />
          {secret}
          <SubmitButton pendingText="Signing">Take over</SubmitButton>
          <FormMessage />
        </ActionForm>
      </Disclosure>
      {page.hasRecoveryKit && (
        <Disclosure name="keys" summary="Recovery kit: take the root key out">
          <ActionForm action={takeRecoveryKitAction} label="Recovery kit">
            {org}
            <p className="text-ink-2 text-sm">
              Shows the private root key once and deletes it here. From then on every change of keys needs it from you,
              and somebody who breaks into this instance cannot make gateways trust other keys.
            </p>
            <TextField name="confirm" label={`Write ${slug} to confirm`} isMono />
            <SubmitButton pendingText="Taking it out">Show and delete</SubmitButton>
            <FormMessage />
            <RecoveryKit />
          </ActionForm>
        </Disclosure>
      )}
      <Disclosure name="keys" summary="Declare a key compromised">
        <ActionForm action={declareCompromisedAction} label="Declare a key compromised">
          {org}
          <p className="text-ink-2 text-sm">
            Its signatures count for nothing from now on. New keys take its place and a new root names them. For a feed
            or root key a new epoch begins, signed by the root key: gateways that a thief misled come back.
          </p>
          <SelectField
            name="keyids"
            label="Key"
            options={[
              ...page.keys.map(nameOf),
              ...(page.keys.length > 1
                ? ([
                    [
                      page.keys
                        .filter(({ role }) => role !== 'root')
                        .map(({ keyid }) => keyid)
                        .join(','),
                      'all but root keys',
                    ],
                  ] as const)
                : []),
            ]}
          />
          <TextField name="reason" label="What happened" />
          <TextField name="confirm" label={`Write ${slug} to confirm`} isMono />
          {secret}
          <SubmitButton pendingText="Signing">Declare compromised</SubmitButton>
          <FormMessage />
        </ActionForm>
      </Disclosure>
    </div>
  );
}
