import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { EventList } from '#app/components/event-list.tsx';
import { NamespaceProof } from '#app/components/namespace-proof.tsx';
import { TextWithDigests } from '#app/components/text-with-digests.tsx';
import { SignerList } from '#app/publishers/[slug]/signer-list.tsx';

const HOSTILE = '<img src=x onerror=alert(1)>\u202Egnp.exe\u200B';

const isText = (html: string) => {
  expect(html).not.toContain('<img');
  expect(html).toContain('&lt;img');
  expect(html).not.toMatch(/[\u202E\u200B]/);
};

describe('what publishers and registries wrote is shown as text, with invisible characters drawn', () => {
  it('in a proof', () => {
    const namespace = {
      name: 'com.acme',
      kind: 'dns' as const,
      standing: 'proven' as const,
      proof: { kind: 'dns' as const, form: 'bound' as const, domain: HOSTILE, key: null },
      since: '2026-11-01T00:00:00Z',
      confirmedAt: null,
      failingSince: null,
      failure: null,
    };
    isText(renderToStaticMarkup(createElement(NamespaceProof, { namespace })));
  });

  it('in a signer', () => {
    const signers = [
      {
        identity: { kind: 'uri' as const, issuer: `https://x.example/${HOSTILE}`, san: HOSTILE },
        text: HOSTILE,
        boundAt: '2026-11-01T00:00:00Z',
      },
    ];
    isText(renderToStaticMarkup(createElement(SignerList, { signers })));
  });

  it('in an event', () => {
    const event = { seq: 1, at: '2026-11-01T00:00:00Z', actor: HOSTILE, kind: 'x', text: HOSTILE, hash: 'ab' };
    isText(renderToStaticMarkup(createElement(EventList, { events: [event] })));
  });

  it('in the answer of a package registry', () => {
    const children = `${HOSTILE} sha256:${'ab'.repeat(32)}`;
    isText(renderToStaticMarkup(createElement(TextWithDigests, { what: 'a digest', children })));
  });
});
