import { ASN1Obj } from '@sigstore/core';
import type { Signer } from '@sigstore/verify';
import { SigningError } from './errors.ts';
import type { SignerFacts } from './types.ts';

/** Fulcio's certificate extensions, https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const FULCIO = '1.3.6.1.4.1.57264.1.';
const OID = {
  issuerV1: `${FULCIO}1`,
  issuer: `${FULCIO}8`,
  buildSigner: `${FULCIO}9`,
  sourceRepository: `${FULCIO}12`,
  sourceCommit: `${FULCIO}13`,
  sourceRef: `${FULCIO}14`,
  sourceRepositoryId: `${FULCIO}15`,
  sourceOwnerId: `${FULCIO}17`,
  runInvocation: `${FULCIO}21`,
  subjectAltName: '2.5.29.17',
  extendedKeyUsage: '2.5.29.37',
  codeSigning: '1.3.6.1.5.5.7.3.3',
} as const;

const UTF8_STRING = 12;
/** GeneralName choices, RFC 5280 §4.2.1.6. */
const RFC822_NAME = 1;
const URI_NAME = 6;

/**
 * What the certificate of a verified signature says about its signer. Takes the verifier's answer, so nothing is read
 * from a certificate that was not checked. Throws SigningError `CERTIFICATE_INVALID` when the certificate is not for
 * code signing, has no issuer, has not exactly one e-mail or URI name, or repeats an extension.
 */
export function signerFacts(signer: Signer): SignerFacts {
  const extensions = new Map<string, Buffer>();
  for (const { oid, value } of signer.identity?.oids ?? []) {
    const id = oid?.id.join('.') ?? '';
    if (extensions.has(id)) throw invalid(`it has the extension ${id} twice`);
    extensions.set(id, value);
  }
  requireCodeSigning(extensions.get(OID.extendedKeyUsage));

  const text = (id: string) => {
    const value = extensions.get(id);
    return value === undefined ? null : utf8String(id, value);
  };
  const legacyIssuer = extensions.get(OID.issuerV1);
  const issuer = text(OID.issuer) ?? (legacyIssuer ? plainText(OID.issuerV1, legacyIssuer) : null);
  if (!issuer) throw invalid('it names no identity issuer');

  return {
    issuer,
    san: subjectName(extensions.get(OID.subjectAltName)),
    repository: text(OID.sourceRepository),
    repositoryId: text(OID.sourceRepositoryId),
    ownerId: text(OID.sourceOwnerId),
    workflow: text(OID.buildSigner),
    commit: text(OID.sourceCommit),
    ref: text(OID.sourceRef),
    runUri: text(OID.runInvocation),
  };
}

/** A private CA may issue server certificates too; those must not sign manifests. */
function requireCodeSigning(value: Buffer | undefined): void {
  const usages = value ? parse(OID.extendedKeyUsage, value).subs.map((usage) => usage.toOID()) : [];
  if (!usages.includes(OID.codeSigning)) throw invalid('it is not for code signing');
}

/**
 * Read here and not taken from the library, which takes the first of several names and drops the eighth bit of each
 * character, so that different names could look the same.
 */
function subjectName(value: Buffer | undefined): string {
  const names = value ? parse(OID.subjectAltName, value).subs : [];
  const [name] = names;
  if (names.length !== 1 || !name) throw invalid(`it has ${names.length} subject names instead of one`);
  if (!name.tag.isContextSpecific(URI_NAME) && !name.tag.isContextSpecific(RFC822_NAME)) {
    throw invalid('its subject name is neither a URI nor an e-mail address');
  }
  const text = plainText(OID.subjectAltName, name.value);
  if (!/^[\x21-\x7e]+$/.test(text)) throw invalid('its subject name has characters that do not belong there');
  return text;
}

/** Extensions 1.8 and up hold a DER UTF8String. */
function utf8String(id: string, value: Buffer): string {
  const object = parse(id, value);
  if (!object.tag.isUniversal() || object.tag.number !== UTF8_STRING || object.toDER().length !== value.length) {
    throw invalid(`its extension ${id} is not text`);
  }
  return plainText(id, object.value);
}

function plainText(id: string, value: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    throw invalid(`its extension ${id} is not UTF-8`);
  }
  if (/\p{Cc}/u.test(text)) throw invalid(`its extension ${id} has control characters`);
  return text;
}

function parse(id: string, value: Buffer): ASN1Obj {
  try {
    return ASN1Obj.parseBuffer(Buffer.from(value));
  } catch {
    throw invalid(`its extension ${id} cannot be read`);
  }
}

function invalid(detail: string): SigningError {
  return new SigningError({
    code: 'CERTIFICATE_INVALID',
    message: `The signing certificate is not accepted: ${detail}.`,
  });
}
