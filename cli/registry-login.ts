import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { UsageFault } from './commands/signing-input.ts';
import { shown } from './shown.ts';

export const LOGIN_METHODS = ['dns', 'http', 'github-oidc', 'github', 'none'] as const;
export type LoginMethod = (typeof LOGIN_METHODS)[number];

export type Login = {
  /** Without a slash at the end. */
  registry: string;
  method: LoginMethod;
  /** For dns and http. */
  domain?: string;
  /** For dns and http: PEM, or the private key as hex digits, as mcp-publisher takes it. */
  privateKey?: string;
  /** Where GitHub's variables come from. */
  env: Record<string, string | undefined>;
};

export type RegistryLogin = { token: string; expiresAt: Date };

/** The registry, or GitHub, refused; the message is theirs. */
export class LoginRefused extends Error {}

/**
 * Exchanges a proof of namespace for a registry token that lives five minutes. With dns and http a challenge of this
 * registry is signed, which no other registry can replay. Throws UsageFault for what is missing, LoginRefused otherwise.
 */
export async function logIn({ registry, method, domain, privateKey, env }: Login): Promise<RegistryLogin> {
  if (method === 'none') return exchange(registry, 'none', {});
  if (method === 'github-oidc') {
    return exchange(registry, 'github-oidc', { oidc_token: await actionsToken(registry, env) });
  }
  if (method === 'github') {
    if (!env.GITHUB_TOKEN) throw new UsageFault('Set GITHUB_TOKEN to a GitHub token with the scope read:org.');
    return exchange(registry, 'github-at', { github_token: env.GITHUB_TOKEN });
  }
  if (!domain) throw new UsageFault(`Login by ${method} needs --domain, such as --domain example.com.`);
  if (!privateKey) throw new UsageFault('Give the private key with --key-file, or in HALLMARK_PRIVATE_KEY.');
  const key = readPrivateKey(privateKey);
  const { challenge, nonce } = await post(registry, 'challenge', { domain });
  return exchange(registry, method, {
    domain,
    nonce: String(nonce),
    signed_challenge: signText(key, String(challenge)),
  });
}

/**
 * A private key as PEM, or as hex digits: 64 are the seed of an Ed25519 key (RFC 8032 §5.1.5), 96 the scalar of one on
 * P-384. Throws UsageFault.
 */
export function readPrivateKey(text: string): KeyObject {
  const trimmed = text.trim();
  try {
    if (/^[0-9a-f]{64}$/i.test(trimmed)) return fromDer('302e020100300506032b657004220420', trimmed);
    if (/^[0-9a-f]{96}$/i.test(trimmed)) {
      return fromDer('304e020100301006072a8648ce3d020106052b81040022043730350201010430', trimmed);
    }
    const key = createPrivateKey(trimmed);
    if (isSupported(key)) return key;
  } catch {
    // Said below.
  }
  throw new UsageFault(
    'The private key is neither PEM nor 64 (Ed25519) or 96 (P-384) hex digits. Make one with `openssl genpkey -algorithm ed25519`.',
  );
}

const fromDer = (prefix: string, key: string) =>
  createPrivateKey({ key: Buffer.from(prefix + key, 'hex'), format: 'der', type: 'pkcs8' });

const isSupported = (key: KeyObject) =>
  key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyDetails?.namedCurve === 'secp384r1';

/** Hex signature over the text, in the forms of the official protocol: Ed25519, or P-384 with SHA-384 as R and S. */
const signText = (key: KeyObject, text: string): string =>
  (key.asymmetricKeyType === 'ed25519'
    ? sign(null, Buffer.from(text), key)
    : sign('sha384', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
  ).toString('hex');

/** The OIDC token that GitHub Actions gives to a job with `id-token: write`, made for this registry. */
async function actionsToken(registry: string, env: Login['env']): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret } = env;
  if (!address || !secret) {
    throw new UsageFault('This is no GitHub Actions job with `permissions: { id-token: write }`.');
  }
  const url = new URL(address);
  url.searchParams.set('audience', registry);
  const answer = await send(url.href, { headers: { authorization: `Bearer ${secret}` } }, 'GitHub');
  return String(answer.value);
}

async function exchange(registry: string, method: string, body: Record<string, string>): Promise<RegistryLogin> {
  const answer = await post(registry, method, body);
  return { token: String(answer.registry_token), expiresAt: new Date(Number(answer.expires_at) * 1000) };
}

const post = (registry: string, path: string, body: Record<string, string>) =>
  send(
    `${registry}/v0.1/auth/${path}`,
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    registry,
  );

async function send(url: string, init: RequestInit, who: string): Promise<Record<string, unknown>> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
  } catch (error) {
    const cause = error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : error;
    throw new LoginRefused(`${who} cannot be reached: ${cause}`);
  }
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return answer;
  throw new LoginRefused(
    `${who} refused the login (${response.status}): ${shown(String(answer.detail ?? 'no reason given'))}`,
  );
}
