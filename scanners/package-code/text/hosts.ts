/** Hosts under which anybody gets a name of their own: the label before them is what names the owner. */
const SHARED =
  /(?:^|\.)(?:vercel\.app|netlify\.app|herokuapp\.com|github\.io|gitlab\.io|pages\.dev|workers\.dev|web\.app|firebaseapp\.com|firebaseio\.com|azurewebsites\.net|cloudfunctions\.net|run\.app|amazonaws\.com|cloudfront\.net|onrender\.com|fly\.dev|railway\.app|glitch\.me|repl\.co|replit\.app|supabase\.co|deno\.dev|surge\.sh|up\.railway\.app)$/;

/** Places that keep whatever anybody sends: request catchers, tunnels, drop boxes. */
const DROP =
  /(?:^|\.)(?:webhook\.site|requestbin\.(?:com|net)|pipedream\.net|beeceptor\.com|hookbin\.com|requestcatcher\.com|ngrok(?:-free)?\.(?:io|app|dev)|trycloudflare\.com|loca\.lt|serveo\.net|burpcollaborator\.net|oastify\.com|interact\.sh|oast\.(?:fun|live|me|online|pro|site)|dnslog\.cn|ceye\.io|canarytokens\.com|transfer\.sh|file\.io|0x0\.st|termbin\.com|pastebin\.com|paste\.ee|hastebin\.com|rentry\.co|anonfiles\.com|gofile\.io|bashupload\.com|iplogger\.org|grabify\.link|telegra\.ph)$/;

/** Names that nobody owns, and the machine itself. */
const NOWHERE =
  /^(?:localhost|.*\.localhost|.*\.local|.*\.internal|.*\.test|.*\.invalid|.*\.example|(?:.*\.)?example\.(?:com|org|net)|0\.0\.0\.0|127\.\d+\.\d+\.\d+|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|169\.254\.\d+\.\d+|\[?::1\]?|host\.docker\.internal)$/;

const IP_ADDRESS = /^(?:\d{1,3}\.){3}\d{1,3}$/;

/** The host of an address, with placeholders kept; null where it is not constant. `isArgument`: a tool's argument decides it. */
export function addressOf(text: string | null): { host: string | null; isArgument: boolean; isAddress: boolean } {
  if (text === null) return { host: null, isArgument: false, isAddress: false };
  const match = /^\s*((?:https?|wss?|ftp|tcp):)?\/\/([^/?#\s]{0,300})/i.exec(text);
  if (match === null) return { host: null, isArgument: text.startsWith('\u0001'), isAddress: false };
  const authority = (match[2] ?? '').replace(/^[^@]{0,200}@/, '');
  const isArgument = authority.includes('\u0001');
  const isUnknown = authority.includes('\u0000') || authority === '';
  const host = authority.toLowerCase().replace(/:\d*$/, '').replace(/[[\]]/g, '');
  return { host: isArgument || isUnknown || !isHostName(host) ? null : host, isArgument, isAddress: true };
}

export const isHostName = (text: string): boolean =>
  text.length <= 253 && (/^(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}$/.test(text) || IP_ADDRESS.test(text));

export const isNowhere = (host: string): boolean => NOWHERE.test(host);

/** A public address without a name, or a place that catches whatever is sent. */
export const isDropHost = (host: string): boolean => (IP_ADDRESS.test(host) && !isNowhere(host)) || DROP.test(host);

/** Discord and Telegram take messages from anybody who has the address of a channel. */
export const isDropAddress = (text: string): boolean =>
  /discord(?:app)?\.com\/api\/webhooks|api\.telegram\.org\/bot|hooks\.slack\.com\/services/i.test(text);

/**
 * Words of which one must be named for a host to be no secret: the host itself, and the label of whoever owns it
 * (`api.notion.com` → `notion`).
 */
export function wordsOf(host: string): string[] {
  if (IP_ADDRESS.test(host)) return [host];
  const labels = host.split('.');
  if (SHARED.test(host) || DROP.test(host)) return [host];
  const last = labels.length - 1;
  // A second level such as `co.uk` or `com.br` belongs to the country.
  const isCountry =
    last >= 2 &&
    (labels[last] as string).length === 2 &&
    /^(?:co|com|org|net|ac|gov|edu|or|ne)$/.test(labels[last - 1] as string);
  const owner = labels[isCountry ? last - 2 : last - 1] ?? host;
  return owner.length >= 3 ? [host, owner] : [host, labels.slice(isCountry ? -3 : -2).join('.')];
}

/** Whether a text names one of the words. Both in lower case. */
export const names = (text: string, words: readonly string[]): boolean => words.some((word) => text.includes(word));
