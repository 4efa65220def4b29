import { visibleText } from '#lib/audit/visible-text.ts';

const MAX_SUBJECT = 150;
const MAX_SENTENCE = 2000;

/**
 * Words that somebody else wrote, for a mail: on one line, with everything visible, and no link that a mail program would
 * make clickable. The one link of a mail is ours.
 */
export const mailWords = (text: string, limit: number): string =>
  cut(
    visibleText(text)
      .replaceAll('://', '[:]//')
      .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}[.]`)
      .replace(/\bmailto:/gi, 'mailto[:]'),
    limit,
  );

const cut = (text: string, limit: number) =>
  text.length > limit ? `${text.slice(0, limit - 1).toWellFormed()}…` : text;

export function mailText({
  org,
  sentence,
  actor,
  at,
  link,
}: {
  org: string;
  sentence: string;
  actor: string;
  at: Date;
  link: string;
}): { subject: string; text: string } {
  const says = mailWords(sentence, MAX_SENTENCE);
  return {
    subject: mailWords(`[${org}] ${sentence}`, MAX_SUBJECT),
    text: [says, `By ${mailWords(actor, 100)}, ${minute(at)} UTC.`, link, footer(org)].join('\n\n'),
  };
}

/** Many notices in one mail; `subjects` are those of the mails that it stands for. */
export function digestText({ org, subjects, link }: { org: string; subjects: string[]; link: string }): {
  subject: string;
  text: string;
} {
  const shown = subjects.slice(0, 50).map((subject) => `- ${subject.replace(`[${mailWords(org, MAX_SUBJECT)}] `, '')}`);
  const more = subjects.length > shown.length ? [`and ${subjects.length - shown.length} more.`] : [];
  return {
    subject: mailWords(`[${org}] ${subjects.length} notices`, MAX_SUBJECT),
    text: [[...shown, ...more].join('\n'), link, footer(org)].join('\n\n'),
  };
}

const minute = (at: Date) => at.toISOString().slice(0, 16).replace('T', ' ');

const footer = (org: string) =>
  `You get this as a member of ${mailWords(org, 100)}. Your account page has a switch for these mails.`;
