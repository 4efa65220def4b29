import { randomBytes } from 'node:crypto';
import { CURRENT_SCHEMA_DATE, schemaUrl } from '#lib/manifest/index.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { isObject, messageOf, requireOffered, statusAndBody } from './assertions.ts';
import type { Answer, HttpClient } from './http-client.ts';
import { type Item, versionOf } from './items.ts';
import { CaseFailure, CaseSkip, shorten, TokenRefused } from './outcome.ts';
import { versionPath, versionsPath } from './registry.ts';

export type StatusChange = { status: string; statusMessage?: string };

/** A namespace that no token of anybody should reach. */
const FORBIDDEN_NAMESPACE = 'org.conformance-forbidden.invalid';

/**
 * Publishes under names of its own in a namespace that the token may publish to, and deletes what it published at the end.
 * Nothing else is ever changed.
 */
export class Writer {
  readonly token: string;
  /** A token that may replace manifests, where there is one. */
  readonly editToken: string | null;
  readonly #http: HttpClient;
  readonly #names = new Set<string>();
  readonly #run = randomBytes(4).toString('hex');
  #namespace: string | null;
  #ready: Promise<void> | null = null;

  constructor({
    http,
    token,
    editToken,
    namespace,
  }: {
    http: HttpClient;
    token: string;
    editToken: string | null;
    namespace: string | null;
  }) {
    this.#http = http;
    this.token = token;
    this.editToken = editToken;
    this.#namespace = namespace;
  }

  /** Finds the namespace to publish under, once. Throws CaseSkip. */
  ready(): Promise<void> {
    this.#ready ??= (async () => {
      this.#namespace ??= namespaceOfToken(this.token) ?? (await this.#namespaceOfRefusal());
    })();
    return this.#ready;
  }

  /**
   * Asks with both tokens for changes of a version that cannot be there, so that nothing changes. Throws TokenRefused; a
   * registry without these routes refuses the token with the first publication.
   */
  async requireTokens(): Promise<void> {
    const [name, version] = [this.forbiddenName(), '1.0.0'];
    try {
      await this.setStatus(name, version, { status: 'deprecated' });
      if (this.editToken === null || this.editToken === this.token) return;
      const answer = await this.#http.send(versionPath(name, version), {
        method: 'PUT',
        token: this.editToken,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(this.manifest(name, version)),
      });
      requireToken(answer, 'edit');
    } catch (error) {
      if (!(error instanceof CaseFailure)) throw error;
    }
  }

  /** A name that nobody has used. */
  name(tag: string): string {
    return `${this.#namespace}/conformance-${this.#run}-${tag}`;
  }

  forbiddenName(): string {
    return `${FORBIDDEN_NAMESPACE}/conformance-${this.#run}`;
  }

  /** Has neither packages nor remotes: nothing about it has to be proved elsewhere. */
  manifest(name: string, version: string, extra: JsonObject = {}): JsonObject {
    return {
      $schema: schemaUrl(CURRENT_SCHEMA_DATE),
      name,
      description: 'Written by a conformance run and deleted at its end.',
      version,
      ...extra,
    };
  }

  /** Sends a manifest to be published; a text is sent as it is. */
  async send(manifest: JsonObject | string, { token = this.token }: { token?: string } = {}): Promise<Answer> {
    if (isObject(manifest) && typeof manifest.name === 'string') this.#names.add(manifest.name);
    const answer = await this.#http.send('/v0.1/publish', {
      method: 'POST',
      token,
      headers: { 'content-type': 'application/json' },
      body: typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
    });
    return token === this.token ? requireToken(answer, 'write') : answer;
  }

  /** A version to try something with. That publishing works is the business of other cases: this one is skipped. */
  async publish(name: string, version: string, extra: JsonObject = {}): Promise<Item> {
    const answer = requireOffered(await this.send(this.manifest(name, version, extra)));
    if (answer.status !== 200) throw new CaseSkip(`${name} ${version} cannot be published: ${statusAndBody(answer)}`);
    return versionOf(answer);
  }

  /** Changes the status of a version, or of all of a server's. */
  async setStatus(
    name: string,
    version: string | null,
    change: StatusChange | Record<string, string>,
    { token = this.token }: { token?: string | null } = {},
  ): Promise<Answer> {
    const path = version === null ? versionsPath(name).replace(/\/versions$/, '') : versionPath(name, version);
    const answer = await this.#http.send(`${path}/status`, {
      method: 'PATCH',
      token: token ?? undefined,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
    return token === this.token ? requireToken(answer, 'write') : answer;
  }

  /** The same, where it is only a step of the case. */
  async changeStatus(name: string, version: string | null, change: StatusChange): Promise<Answer> {
    const answer = requireOffered(await this.setStatus(name, version, change));
    if (answer.status !== 200) throw new CaseSkip(`The status of ${name} cannot be changed: ${statusAndBody(answer)}`);
    return answer;
  }

  /** Deletes everything published. Returns the names that are still there. */
  async cleanUp(): Promise<string[]> {
    const leftovers: string[] = [];
    for (const name of this.#names) {
      if (!(await this.#delete(name))) leftovers.push(name);
    }
    return leftovers;
  }

  async #delete(name: string): Promise<boolean> {
    try {
      if ((await this.#http.send(versionsPath(name))).status === 404) return true;
      return (await this.setStatus(name, null, { status: 'deleted' })).status === 200;
    } catch (error) {
      if (error instanceof CaseFailure || error instanceof TokenRefused) return false;
      throw error;
    }
  }

  /** A refusal lists what the token may publish. */
  async #namespaceOfRefusal(): Promise<string> {
    const answer = await this.send(this.manifest(this.forbiddenName(), '1.0.0'));
    if (answer.status === 200) return FORBIDDEN_NAMESPACE;
    if (answer.status !== 403) {
      throw new CaseSkip(
        `The token's namespace cannot be found out (${statusAndBody(answer)}). Give --write-namespace.`,
      );
    }
    const list = /You have permission to publish: (.*?)\. Attempting/.exec(messageOf(answer))?.[1] ?? '';
    const namespace = firstNamespace(list.split(', '));
    if (namespace) return namespace;
    throw new CaseSkip(`The refusal names no namespace (${shorten(answer.text, 200)}). Give --write-namespace.`);
  }
}

function requireToken(answer: Answer, which: 'write' | 'edit'): Answer {
  if (answer.status !== 401) return answer;
  const reason = shorten(messageOf(answer) || answer.text, 200);
  throw new TokenRefused(`The registry refused the ${which} token (401): ${reason}`);
}

/** The namespace that a JWT's claims permit; null for any other token. */
function namespaceOfToken(token: string): string | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const permissions = isObject(claims) && Array.isArray(claims.permissions) ? claims.permissions : [];
    return firstNamespace(
      permissions.flatMap((permission) =>
        isObject(permission) && permission.action === 'publish' && typeof permission.resource === 'string'
          ? permission.resource
          : [],
      ),
    );
  } catch {
    return null;
  }
}

const firstNamespace = (resources: string[]) =>
  resources.find((resource) => /^[A-Za-z0-9.-]+\/\*$/.test(resource))?.slice(0, -2) ?? null;
