import { z } from 'zod';
import { parseStrictJson } from '#lib/manifest/strict-json.ts';
import type { JsonObject, ManifestDigests } from '#lib/manifest/types.ts';
import { SigningError } from './errors.ts';
import { STATEMENT_MAX_SUBJECTS } from './limits.ts';
import { shapeFault } from './shape-fault.ts';
import type { SigningErrorCode, SubjectForm } from './types.ts';

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const STATEMENT_PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** Predicate of the statements that `hallmark sign --form dsse` makes. */
export const MCP_SERVER_PREDICATE_TYPE = 'https://hallmark.dev/attestation/mcp-server/v1';

const statementShape = z.looseObject({
  subject: z
    .array(z.looseObject({ name: z.string().nullish(), digest: z.record(z.string(), z.string()) }))
    .min(1, 'must not be empty')
    .max(STATEMENT_MAX_SUBJECTS, `must have at most ${STATEMENT_MAX_SUBJECTS} items`),
  predicateType: z.string().min(1, 'must not be empty'),
});

export type Statement = { subjectSha256s: string[]; predicateType: string };

/**
 * The subject digests (sha256, as written) and predicate type of an in-toto Statement v1 in a DSSE envelope.
 * Throws SigningError `STATEMENT_MALFORMED`.
 */
export function parseStatement({ payloadType, payload }: { payloadType: string; payload: Uint8Array }): Statement {
  requirePayloadType(payloadType);
  // Strict: with a duplicate `subject` two readers would see two statements.
  const parsed = parseStrictJson(payload);
  if (!parsed.ok) {
    throw fault(
      'STATEMENT_MALFORMED',
      `The signed payload is not readable JSON: ${parsed.issues[0]?.message ?? 'no reason.'}`,
    );
  }
  const json = parsed.value;
  const type = typeof json === 'object' && json !== null && '_type' in json ? json._type : undefined;
  if (type !== STATEMENT_TYPE) {
    const seen = typeof type === 'string' ? JSON.stringify(type.slice(0, 100)) : 'no _type';
    throw fault(
      'STATEMENT_MALFORMED',
      `The signed payload must be an in-toto statement of _type ${STATEMENT_TYPE}; it has ${seen}.`,
    );
  }
  const checked = statementShape.safeParse(json);
  if (!checked.success) {
    throw fault(
      'STATEMENT_MALFORMED',
      `The in-toto statement is not well-formed: ${shapeFault(checked.error, 'statement')}.`,
    );
  }
  const { subject, predicateType } = checked.data;
  return { subjectSha256s: subject.flatMap(({ digest }) => digest.sha256 ?? []), predicateType };
}

/** Throws SigningError `STATEMENT_MALFORMED` unless the envelope says that it holds an in-toto statement. */
export function requirePayloadType(payloadType: string): void {
  if (payloadType === STATEMENT_PAYLOAD_TYPE) return;
  const seen = JSON.stringify(payloadType.slice(0, 100));
  throw fault('STATEMENT_MALFORMED', `The envelope's payloadType must be ${STATEMENT_PAYLOAD_TYPE}; it is ${seen}.`);
}

/**
 * Which digest of the manifest a statement names as a subject; raw bytes win when both do.
 * Throws SigningError `SUBJECT_MISMATCH`.
 */
export function matchSubject({ subjectSha256s }: Statement, digests: ManifestDigests): SubjectForm {
  if (subjectSha256s.includes(digests.manifestSha256)) return 'raw';
  if (subjectSha256s.includes(digests.manifestJcsSha256)) return 'jcs';
  const [first, ...others] = subjectSha256s;
  const seen = first
    ? `sha256 ${first.slice(0, 64)}${others.length > 0 ? ` and ${others.length} more` : ''}`
    : 'no sha256 digest';
  throw fault(
    'SUBJECT_MISMATCH',
    `The statement is about ${seen}; this manifest has sha256 ${digests.manifestSha256} (bytes) and ${digests.manifestJcsSha256} (RFC 8785). Sign the manifest exactly as it is uploaded.`,
  );
}

/** An in-toto Statement v1 about one manifest, whose subject is the digest of its RFC 8785 form. */
export function manifestStatement({
  name,
  version,
  manifest,
  manifestJcsSha256,
  tools,
}: {
  name: string;
  version: string;
  manifest: JsonObject;
  manifestJcsSha256: string;
  /** What the signer saw the server list: digests as DESIGN §5.2 defines them. */
  tools?: { toolsDigest: string; tools: { name: string; digest: string }[] };
}): JsonObject {
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: `${name}@${version}`, digest: { sha256: manifestJcsSha256 } }],
    predicateType: MCP_SERVER_PREDICATE_TYPE,
    predicate: { canonicalization: 'RFC8785', manifest, ...tools },
  };
}

function fault(code: SigningErrorCode, message: string, cause?: unknown): SigningError {
  return new SigningError({ code, message, cause });
}
