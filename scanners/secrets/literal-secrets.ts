/** A secret written out in a text, in UTF-16 offsets. */
export type LiteralSecret = { start: number; end: number; what: string; shown: string };

/** Prefixes and shapes that issuers document for their own tokens. */
const SHAPES: readonly { what: string; pattern: RegExp }[] = [
  { what: 'an AWS access key id', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { what: 'a GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,80}|github_pat_[A-Za-z0-9_]{50,100})\b/g },
  { what: 'a GitLab token', pattern: /\bglpat-[A-Za-z0-9_-]{20,60}/g },
  { what: 'an OpenAI or Anthropic key', pattern: /\bsk-(?:proj-|ant-(?:api\d{2}-)?|svcacct-)?[A-Za-z0-9_-]{24,200}/g },
  { what: 'a Slack token', pattern: /\bxox[baprse]-[A-Za-z0-9-]{20,120}/g },
  { what: 'a Google API key', pattern: /\bAIza[A-Za-z0-9_-]{35}/g },
  { what: 'a Stripe key', pattern: /\b[sr]k_live_[A-Za-z0-9]{20,120}/g },
  { what: 'an npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { what: 'a PyPI token', pattern: /\bpypi-[A-Za-z0-9_-]{60,250}/g },
  { what: 'a Hugging Face token', pattern: /\bhf_[A-Za-z0-9]{30,60}\b/g },
  { what: 'a SendGrid key', pattern: /\bSG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{30,60}/g },
  {
    what: 'a JSON Web Token',
    pattern: /\beyJ[A-Za-z0-9_-]{10,500}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{20,700}/g,
  },
  {
    what: 'a private key',
    pattern: /-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----\s{0,4}[A-Za-z0-9+/=\s]{40,4000}/g,
  },
  {
    what: 'a password in a URL',
    pattern: /\b[a-z][a-z0-9+]{2,20}:\/\/[^\s:@/"'{}<>$]{1,60}:[^\s:@/"'{}<>$]{6,80}@[\w.-]{3,100}/g,
  },
];

const PLACEHOLDER =
  /example|sample|placeholder|your|xxx|change_?me|replace|dummy|fake|redacted|\*{3}|\.{3}|0{8}|1234567|abcdefg|:(?:pass|passwd|password|secret|postgres|root|admin|user|test)\d{0,4}@|@(?:localhost|127\.0\.0\.1|host|db|postgres|mysql|server|hostname)(?:[:/]|$)/i;
const MIN_DIFFERENT = 10;

/** The secrets in a text; a token repeated or spelled out as a placeholder is none. */
export function literalSecrets(text: string): LiteralSecret[] {
  if (text.length < 16) return [];
  return SHAPES.flatMap(({ what, pattern }) =>
    [...text.matchAll(pattern)]
      .filter(({ 0: secret }) => !PLACEHOLDER.test(secret) && new Set(secret).size >= MIN_DIFFERENT)
      .map(({ 0: secret, index }) => ({ start: index, end: index + secret.length, what, shown: redact(secret) })),
  );
}

/** Enough to find it again, not enough to use it. */
const redact = (secret: string): string => `${secret.slice(0, 4)}… (${secret.length} characters)`;
