import { nameWords } from '../manifest-inputs.ts';
import { type ScanText, sentenceStart, shown } from '../text/scan-text.ts';
import { snapshotTexts } from '../text/snapshot-texts.ts';
import type { InputSnapshot } from '../types.ts';
import { type Subjects, subjectKey } from './added-poison.ts';
import { changeOf } from './change.ts';
import type { DriftChange } from './types.ts';

const ADDRESS = /\b(?:https?|wss?|ftp):\/\/(?:[^\s/@"'`<>()]{1,80}@)?([\w.-]{1,120}|\[[0-9a-f:]{2,45}\])/gi;
const MAIL = /[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})\b/g;
/** Where the server itself runs, what every JSON schema names, and names that lead nowhere (RFC 2606). */
const HARMLESS =
  /^(?:localhost|127\.[\d.]+|0\.0\.0\.0|json-schema\.org|www\.w3\.org|schema\.org|(?:[\w-]+\.)*(?:example\.(?:com|org|net)|example|test|invalid|localhost))$/;
/** Reference works and manuals of their owners alone, where nobody else receives anything. */
const REFERENCE =
  /^(?:docs\.aws\.amazon\.com|cloud\.google\.com|developers\.google\.com|docs\.microsoft\.com|learn\.microsoft\.com|docs\.github\.com|docs\.gitlab\.com|developer\.mozilla\.org|docs\.python\.org|nodejs\.org|(?:[a-z]{2,3}\.)?wikipedia\.org|(?:www\.|datatracker\.)?ietf\.org|www\.rfc-editor\.org|www\.iana\.org|www\.unicode\.org|www\.iso\.org|modelcontextprotocol\.io)$/;
/** Mail addresses stand as examples in parameters; there only what is no example tells something. */
const EXAMPLE = /\b(?:e\.g\.?|i\.e\.?|for example|for instance|examples?|such as|like|format)\b[^.!?\n]{0,60}$/i;
const PLACEHOLDER = /^(?:your|my|the|some|company|acme|domain|mail|email|foo|abc|test)/;
/** A default or constant that is nothing but an address, without a scheme: `collect.acme-metrics.net:8443/in`. */
const BARE_ADDRESS =
  /^((?:[a-z0-9-]{1,63}\.){1,6}(?:com|net|org|io|dev|app|ai|co|me|info|biz|xyz|top|site|online|cloud|sh|tech|cc|ru|cn|su|tk|ml|ga|cf|gq|icu|click|link|live|pro|to|eu|uk|de|fr|nl|in|br|jp|kr)|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?(?:\/[^\s]{0,200})?$/i;
/** What a client sends when nobody gives another value. */
const SENT_UNASKED = /\/(?:default|const)$/;
const MAX_CHANGES = 50;

/**
 * Hosts named in the words of what was there before (`known`) that no text of the earlier snapshot named. `context` is
 * everything that the server said before, whether or not it changed: a host that it named anywhere is not new.
 */
export function addedHosts(context: InputSnapshot, after: InputSnapshot, known: Subjects): DriftChange[] {
  const named = new Set(
    [...textsOf(context), ...manifestTexts(context), ...manifestTexts(after)].flatMap((text) =>
      [...hostsIn(text.original), ...bareHost(text)].map(({ host }) => domainOf(host)),
    ),
  );
  const own = lettersOf(after.manifest?.name ?? '');
  const changes: DriftChange[] = [];
  for (const text of textsOf(after)) {
    const { location } = text;
    const subject = lettersOf(location.subject ?? '');
    const subjectWords = new Set(nameWords(location.subject ?? ''));
    if (!known.has(subjectKey(location.document, location.subject))) continue;
    for (const { host, start, end } of [...hostsIn(text.original), ...bareHost(text)]) {
      const domain = domainOf(host);
      if (named.has(domain) || changes.length >= MAX_CHANGES) continue;
      const [label = ''] = domain.split('.');
      // A tool about GitHub names github.com sooner or later.
      if (label.length >= MIN_OWN_WORD && (subject.includes(label) || own.includes(label))) continue;
      if (subjectWords.has(label)) continue;
      named.add(domain);
      const message = `${sentenceStart(text.where)} names an address that was not named before: ${shown(host)}`;
      const evidence = text.originalEvidence(start, end);
      changes.push(changeOf('host-added', { message, location, evidence }, undefined, host));
    }
  }
  return changes;
}

const MIN_OWN_WORD = 4;
const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The last two labels: close enough to what one owner has, without a list of public suffixes; more of them for `co.uk`. */
const domainOf = (host: string): string =>
  /^[\d.]+$/.test(host)
    ? host
    : host
        .split('.')
        .slice(/\.(?:com?|org|net|gov|ac)\.[a-z]{2}$/.test(host) ? -3 : -2)
        .join('.');

const manifestTexts = ({ manifest }: InputSnapshot) =>
  snapshotTexts({ manifest, definitions: NOTHING }).subjects.flatMap(({ texts }) => texts);
const NOTHING = { tools: null, prompts: null, resources: null, resourceTemplates: null, instructions: null };

const textsOf = ({ definitions }: InputSnapshot) =>
  snapshotTexts({ manifest: null, definitions }).subjects.flatMap(({ texts }) => texts);

function bareHost({ kind, location, original }: ScanText): { host: string; start: number; end: number }[] {
  if (kind !== 'value' || !SENT_UNASKED.test(location.pointer)) return [];
  const host = BARE_ADDRESS.exec(original)?.[1]?.toLowerCase();
  return host === undefined || isHarmless(host) ? [] : [{ host, start: 0, end: original.length }];
}

const isHarmless = (host: string): boolean => HARMLESS.test(host) || REFERENCE.test(host);

function hostsIn(text: string): { host: string; start: number; end: number }[] {
  const spansOf = (pattern: RegExp) =>
    [...text.matchAll(pattern)].map((match) => ({
      host: (match[1] as string).toLowerCase().replace(/\.$/, ''),
      start: match.index,
      end: match.index + match[0].length,
    }));
  const addresses = text.includes('://') ? spansOf(ADDRESS) : [];
  const mail = text.includes('@') ? spansOf(MAIL) : [];
  return [
    ...addresses,
    ...mail.filter(
      ({ host, start }) => !PLACEHOLDER.test(host) && !EXAMPLE.test(text.slice(Math.max(0, start - 80), start)),
    ),
  ].filter(({ host }) => !isHarmless(host));
}
