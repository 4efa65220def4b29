import { DomainError } from '#lib/http/domain-error.ts';

/** Words that would look like a judgement of ours, or that are paths of this site. */
const RESERVED = new Set([
  'official',
  'verified',
  'trusted',
  'featured',
  'curated',
  'hallmark',
  'new',
  'admin',
  'api',
  'settings',
]);

const SLUG = /^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){1,39}$/;

/** Whether a text could be a short name. */
export const isSlug = (text: string): boolean => SLUG.test(text);

/** Returns the slug, or throws UNPROCESSABLE: 2 to 40 of a–z, 0–9 and single hyphens, not a reserved word. */
export function requireSlug(slug: string, what: string): string {
  if (!isSlug(slug)) {
    throw new DomainError(
      'UNPROCESSABLE',
      `The short name of ${what} is 2 to 40 lower-case letters, digits and single hyphens, such as "acme-tools".`,
    );
  }
  if (RESERVED.has(slug)) throw new DomainError('UNPROCESSABLE', `"${slug}" is reserved. Choose another short name.`);
  return slug;
}

/** Returns the trimmed display name, or throws UNPROCESSABLE: 1 to 80 characters without control or invisible ones. */
export function requireDisplayName(name: string, what: string): string {
  const trimmed = name.trim();
  if (!trimmed || trimmed.length > 80 || /[\p{Cc}\p{Cf}\p{Co}]/u.test(trimmed)) {
    throw new DomainError('UNPROCESSABLE', `The name of ${what} is 1 to 80 characters without invisible ones.`);
  }
  return trimmed;
}
