import { z } from 'zod';
import { parseStrictJson } from '#lib/manifest/strict-json.ts';
import type { JsonObject, JsonValue, ManifestDigests } from '#lib/manifest/types.ts';
import { SigningError } from './errors.ts';
import { STATEMENT_MAX_SUBJECTS } from './limits.ts';
import { shapeFault } from './shape-fault.ts';
import type { SigningErrorCode, SubjectForm } from './types.ts';

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** Also v0.1, as older attestations of packages have it: the members that count here are the same. */
export const STATEMENT_TYPES = [STATEMENT_TYPE, 'https://in-toto.io/Statement/v0.1'] as const;
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

export type Statement = {
  /** Digests by algorithm, as written. */
  subjects: { name: string | null; digest: Record<string, string> }[];
  predicateType: string;
  predicate: JsonValue;
};

/**
 * Subjects and predicate of an in-toto statement in a DSSE envelope. `types` are the versions that are accepted.
 * Throws SigningError `STATEMENT_MALFORMED`.
 */
export function parseStatement(
  { payloadType, payload }: { payloadType: string; payload: Uint8Array },
  types: readonly string[] = [STATEMENT_TYPE],
): Statement {
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
  if (typeof type !== 'string' || !types.includes(type)) {
    const seen = typeof type === 'string' ? JSON.stringify(type.slice(0, 100)) : 'no _type';
    throw fault(
      'STATEMENT_MALFORMED',
      `The signed payload must be an in-toto statement of _type ${types.join(' or ')}; it has ${seen}.`,
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
  return {
    subjects: subject.map(({ name, digest }) => ({ name: name ?? null, digest })),
    predicateType,
    predicate: (checked.data.predicate as JsonValue | undefined) ?? null,
  };
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
export function matchSubject({ subjects }: Statement, digests: ManifestDigests): SubjectForm {
  const subjectSha256s = subjects.flatMap(({ digest }) => digestIn(digest, 'sha256') ?? []);
  if (subjectSha256s.includes(digests.manifestSha256)) return 'raw';
  if (subjectSha256s.includes(digests.manifestJcsSha256)) return 'jcs';
  throw fault(
    'SUBJECT_MISMATCH',
    `The statement is about ${seenDigests(subjectSha256s, 'sha256')}; this manifest has sha256 ${digests.manifestSha256} (bytes) and ${digests.manifestJcsSha256} (RFC 8785). Sign the manifest exactly as it is uploaded.`,
  );
}

/** The subject of a statement that has this digest (lower-case hex). Throws SigningError `SUBJECT_MISMATCH`. */
export function requireSubject(
  { subjects }: Statement,
  { algorithm, digest }: { algorithm: 'sha256' | 'sha512'; digest: string },
): Statement['subjects'][number] {
  const found = subjects.find((subject) => digestIn(subject.digest, algorithm) === digest);
  if (found && digest !== '') return found;
  const seen = seenDigests(
    subjects.flatMap((subject) => digestIn(subject.digest, algorithm) ?? []),
    algorithm,
  );
  throw fault('SUBJECT_MISMATCH', `The statement is about ${seen}; the file has ${algorithm} ${digest}.`);
}

function digestIn(digest: Record<string, string>, algorithm: string): string | undefined {
  return Object.hasOwn(digest, algorithm) ? digest[algorithm] : undefined;
}

function seenDigests([first, ...others]: string[], algorithm: string): string {
  if (first === undefined) return `no ${algorithm} digest`;
  return `${algorithm} ${first.slice(0, 128)}${others.length > 0 ? ` and ${others.length} more` : ''}`;
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
