import { isSlug } from '#lib/auth/slug.ts';
import { config } from '#lib/config/config.ts';
import { cacheable, methodNotAllowed, problem } from '#lib/http/respond.ts';

/**
 * `/.well-known/mcp-trust-configuration`: where things are, as templates, or filled for `?org=`. Addresses only: no key,
 * and nothing to trust, since whoever could change it could change its keys too. It is the same whether the organization
 * exists or not, so nobody learns from it which do.
 */
export async function handleDiscovery(request: Request): Promise<Response | null> {
  const url = new URL(request.url);
  if (url.pathname !== '/.well-known/mcp-trust-configuration') return null;
  if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed(request.method, 'GET, HEAD');
  const org = url.searchParams.get('org');
  if (org !== null && !isSlug(org)) {
    return problem(400, 'org is the short name of an organization: small letters, digits and hyphens.');
  }
  const { publicUrl } = config();
  const base = `${publicUrl}/orgs/${org ?? '{org}'}`;
  const body = {
    version: 1,
    registry: publicUrl,
    organization: {
      feed: `${base}/feed`,
      feedTrust: `${base}/feed-trust.json`,
      registry: `${base}/registry`,
      exports: `${base}/exports/{file}`,
      console: base,
    },
    authentication: { scheme: 'Bearer', tokens: ['gateway', 'view'] },
    note: 'Addresses only. Take the trust file from the console: nothing here is a reason to trust a feed.',
  };
  const response = cacheable(request, `${JSON.stringify(body, null, 2)}\n`, { cacheControl: 'public, max-age=300' });
  response.headers.set('access-control-allow-origin', '*');
  return response;
}
