export type ProblemSeverity = 'error' | 'warning';

/** Everything that a check can find: what it means for the client, and how to mend it. `{name}` is filled in. */
export const CHECK_PROBLEMS = {
  BASE_NOT_URL: [
    'error',
    'The address is no http or https URL.',
    'Give the whole address, such as https://registry.example.com/orgs/acme/registry/k/KEY.',
  ],
  BASE_HAS_VERSION: [
    'error',
    'The address ends in {part}: the client adds that itself and asks for {part}{part}.',
    'Leave out {part} and what follows.',
  ],
  BASE_HAS_QUERY: [
    'error',
    'The address has a query or a fragment; the client appends its path to it and loses them.',
    'Use the address without ? and #.',
  ],
  BASE_TRAILING_SLASH: [
    'warning',
    'The address ends in a slash. Some versions of the client then ask for //v0.1, or fall back to the public gallery.',
    'Configure it without the slash at the end.',
  ],
  BASE_NOT_HTTPS: [
    'warning',
    'The address is not https: whoever is on the way reads the key and changes the answers.',
    'Serve Hallmark over https and set HALLMARK_URL to that address.',
  ],
  BASE_NEEDS_HTTPS: [
    'error',
    '{client} takes a host and puts https:// before it; this address is not https.',
    'Serve Hallmark over https and set HALLMARK_URL to that address.',
  ],
  BASE_PRIVATE: [
    'warning',
    'The address is of this machine or a private network, which {client} refuses unless told.',
    'Give --allow-private-ip to thv config set-registry.',
  ],
  NAME_UNKNOWN: ['error', 'The host {host} is not known to DNS.', 'Check HALLMARK_URL and the DNS entry of that name.'],
  REFUSED: [
    'error',
    'Nothing listens at {host} ({reason}).',
    'Check that the proxy runs and passes on this port, and that HALLMARK_URL has the right port.',
  ],
  TLS: [
    'error',
    'The certificate of {host} is not accepted ({reason}).',
    'Serve a certificate for this name with its whole chain, from an authority that the machines of your users trust.',
  ],
  TIMEOUT: [
    'error',
    'No answer came in time.',
    'Look at the log of the proxy: its connection to Hallmark may be blocked by a firewall.',
  ],
  TOO_LONG: [
    'error',
    'The answer is longer than {limit} bytes.',
    'Check what answers at this address: no page of a registry is that long.',
  ],
  REDIRECT_HTTPS: [
    'error',
    'It redirects to https. Browsers do not follow that in a preflight, and some clients not at all.',
    'Configure the https address, and set HALLMARK_URL to it.',
  ],
  REDIRECT_SLASH: [
    'error',
    'It redirects from one form of the path to another ({location}).',
    'Turn off the rule of the proxy that adds or removes slashes.',
  ],
  REDIRECT_LOGIN: [
    'error',
    'It redirects to {location}. The client sends no credentials and cannot sign in.',
    'Let the proxy pass /orgs/*/registry/ without its sign-in: the key in the address is the credential.',
  ],
  AUTH_REQUIRED: [
    'error',
    'Hallmark asks for a token, and {client} sends none.',
    'Give the client the address with /k/ and the view key.',
  ],
  TOKEN_REFUSED: [
    'error',
    'Hallmark refuses the token.',
    'Make a new view token of this organization: this one is revoked, expired or of another kind.',
  ],
  PROXY_AUTH: [
    'error',
    'Something before Hallmark answers {status}: a proxy wants credentials.',
    'Let the proxy pass /orgs/*/registry/ without credentials of its own.',
  ],
  KEY_WRONG: [
    'error',
    'Hallmark knows no such view: the organization, the key or the team in the address is wrong, or the key was changed.',
    'Copy the address from the page Clients again.',
  ],
  NOT_FOUND: [
    'error',
    'Another program than Hallmark answers 404.',
    'Let the proxy pass the path /orgs/ unchanged, without a prefix of its own, and check HALLMARK_URL.',
  ],
  SERVER_ERROR: [
    'error',
    'It answers {status}. {client} takes that for a failure and blocks or shows nothing.',
    'Look at the log of Hallmark and of the proxy for the time of this request.',
  ],
  LIMITED: [
    'error',
    'It answers 429: somebody limits the number of requests.',
    'Raise the limit of the proxy for /orgs/*/registry/, which clients of many users ask at once.',
  ],
  STATUS: [
    'error',
    'It answers {status} where {client} needs {expected}.',
    'Look at what stands before Hallmark: Hallmark itself does not answer so here.',
  ],
  PAGE: [
    'error',
    'A web page came in place of JSON.',
    'Another program answers at this address: let the proxy pass /orgs/ to Hallmark, and check HALLMARK_URL.',
  ],
  CONTENT_TYPE: [
    'error',
    'The content type is {type} in place of application/json.',
    'Stop the proxy from changing Content-Type.',
  ],
  BROKEN_JSON: [
    'error',
    'The body is no JSON: it was cut off or changed on the way.',
    'Turn off rewriting of bodies in the proxy, and raise its limit for their size.',
  ],
  CACHED: [
    'warning',
    'A shared cache answers (Age: {age}): a revocation arrives only when it forgets.',
    'Do not cache /orgs/ in the proxy or CDN.',
  ],
  CACHE_CHANGED: [
    'warning',
    'Cache-Control is "{control}": caches between may keep the private view.',
    'Let the proxy pass Cache-Control unchanged.',
  ],
  CORS_ORIGIN: [
    'error',
    'Access-Control-Allow-Origin is {value} in place of *.',
    'Let the proxy pass the header of Hallmark unchanged.',
  ],
  CORS_TWICE: [
    'error',
    '{header} is there twice, which browsers refuse.',
    'Hallmark sends the CORS headers: remove those that the proxy adds.',
  ],
  CORS_METHODS: [
    'error',
    'Access-Control-Allow-Methods is {value}; GET and OPTIONS are needed.',
    'Let the proxy pass the header of Hallmark unchanged.',
  ],
  CORS_HEADERS: [
    'error',
    'Access-Control-Allow-Headers is {value}; Authorization and Content-Type are needed.',
    'Let the proxy pass the header of Hallmark unchanged.',
  ],
  PREFLIGHT: [
    'error',
    'The preflight (OPTIONS) is answered {status}, so a browser sends nothing at all ("Failed to fetch").',
    'Let the proxy pass OPTIONS to Hallmark without credentials.',
  ],
  NO_SERVERS: [
    'error',
    'The answer has no list "servers".',
    'Another program answers at this address, or a proxy changes bodies.',
  ],
  NO_METADATA: [
    'error',
    'The answer has no object "metadata"; {client} ends on that.',
    'Stop the proxy from changing bodies.',
  ],
  EMPTY: [
    'warning',
    'The list is empty: with "registry only" every server is blocked.',
    'Approve a server, or end the lockdown. For a team: give it entries.',
  ],
  FIRST_ITEM: [
    'error',
    'The first server has no name, description or version; {client} rejects the whole page for it.',
    'Publish the manifest of {server} anew with these members.',
  ],
  ITEM: [
    'warning',
    '{server} has no name, description or version and is not shown.',
    'Publish its manifest anew with these members.',
  ],
  ITEM_META: [
    'error',
    '{server} has no object "_meta"; {client} ends on that.',
    'Stop the proxy from changing bodies.',
  ],
  CURSOR_UNSAFE: [
    'error',
    'The cursor holds characters that {client} does not encode.',
    'Stop the proxy from changing bodies: Hallmark makes cursors of letters, digits, - and _.',
  ],
  CURSOR_STUCK: [
    'error',
    'The second page is the first one again.',
    'Let the proxy pass the query unchanged, and make it part of the key of its cache.',
  ],
  QUERY_LOST: [
    'error',
    'The list does not mind limit=1: the query is lost on the way.',
    'Let the proxy pass the query unchanged, and make it part of the key of its cache.',
  ],
  SEARCH_IGNORED: [
    'error',
    'A search for {server} does not find it.',
    'Let the proxy pass the query unchanged, and make it part of the key of its cache.',
  ],
  ENCODED_SLASH: [
    'error',
    '{server} is listed but not found by its name: a proxy refuses or changes %2F in the path.',
    'nginx: proxy_pass without a path behind the host. Apache: AllowEncodedSlashes NoDecode and ProxyPass … nocanon. Others: pass encoded slashes unchanged.',
  ],
  WRONG_SERVER: [
    'error',
    'Asked for {server} it answers with another server.',
    "Make the whole path part of the key of the proxy's cache.",
  ],
  UNKNOWN_FOUND: [
    'error',
    'A name that nobody has is answered {status}: {client} takes it for approved.',
    'Let the proxy pass 404 of Hallmark unchanged; do not serve a page in its place.',
  ],
  UNKNOWN_BLOCKS: [
    'error',
    'A name that nobody has is answered {status} in place of 404: {client} then blocks every server.',
    'Let the proxy pass 404 of Hallmark unchanged.',
  ],
  TEMPLATED_REMOTE: [
    'warning',
    '{server} has an address with places to fill in: with "registry only" {client} never matches it.',
    'Publish a version with the exact address of your installation and approve that.',
  ],
  DATE: [
    'error',
    '{server} has a time that is not by RFC 3339; {client} ends on that.',
    'Stop the proxy from changing bodies.',
  ],
  NOTHING_TO_RUN: [
    'warning',
    'No server in the list has an image or a remote; {client} skips packages of npm and PyPI.',
    'Approve servers with images, or use the gateway of Hallmark.',
  ],
  V0_MISSING: [
    'error',
    '{client} reads /v0, which is not there while /v0.1 is.',
    'Let the proxy pass /v0 as well as /v0.1.',
  ],
  OPENAPI_MISSING: [
    'error',
    '{client} looks for /openapi.yaml beside /v0.1 and does not find it.',
    'Let the proxy pass everything below the address, not only /v0.1.',
  ],
  OPENAPI_WRONG: [
    'error',
    '/openapi.yaml is not the description that {client} accepts for a registry.',
    'Let the proxy pass /openapi.yaml of Hallmark, below the same address.',
  ],
  OTHER_ADDRESS: [
    'warning',
    'Hallmark says of itself that it is at {said}.',
    'Set HALLMARK_URL to the address that clients use, or configure the one that it says.',
  ],
} as const satisfies Record<string, readonly [ProblemSeverity, string, string]>;

export type CheckProblemCode = keyof typeof CHECK_PROBLEMS;

export type CheckProblem = { code: CheckProblemCode; severity: ProblemSeverity; message: string; fix: string };

export function checkProblem(code: CheckProblemCode, fill: Record<string, string> = {}): CheckProblem {
  const [severity, message, fix] = CHECK_PROBLEMS[code];
  const filledIn = (text: string) => text.replace(/\{([a-z]+)\}/g, (whole, name: string) => fill[name] ?? whole);
  return { code, severity, message: filledIn(message), fix: filledIn(fix) };
}
