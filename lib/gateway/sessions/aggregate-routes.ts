import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import type { Audit } from '../audit/audit.ts';
import type { Refusal } from '../decisions/decide.ts';
import { quote } from '../decisions/quote.ts';
import {
  collidingNames,
  exposedName,
  exposedUri,
  exposeLinks,
  ownName,
  splitName,
  splitUri,
} from './aggregate-names.ts';
import type { Member } from './member.ts';
import { errorMessage, METHOD_NOT_FOUND, noCursors, refusalMessage, resultMessage, type Subject } from './messages.ts';

/** A configured server that a session does without, and why. */
export type RefusedServer = { refusal: Refusal; subject: Subject };

type Members = ReadonlyMap<string, Member>;
type Servers = { members: Members; refused: ReadonlyMap<string, RefusedServer> };

/** Lists of all servers together: the result's member, and how an entry is named at the common endpoint. */
const LISTS: Record<string, { member: string; capability: string; expose: (alias: string, item: Item) => Item }> = {
  'tools/list': { member: 'tools', capability: 'tools', expose: named },
  'prompts/list': { member: 'prompts', capability: 'prompts', expose: named },
  'resources/list': {
    member: 'resources',
    capability: 'resources',
    expose: (alias, item) => ({ ...item, uri: exposedUri(alias, String(item.uri)) }),
  },
  'resources/templates/list': {
    member: 'resourceTemplates',
    capability: 'resources',
    expose: (alias, item) => ({ ...item, uriTemplate: exposedUri(alias, String(item.uriTemplate)) }),
  },
};

type Item = Record<string, unknown>;
type Target = { member: Member; params: Record<string, unknown> };
type NoTarget = { error: { code: string; message: string; subject?: Subject } };

/** The answer to one request of the client at the common endpoint. */
export async function routeRequest({
  request,
  members,
  refused,
  audit,
}: Servers & {
  request: JSONRPCRequest;
  audit: Audit;
}): Promise<JSONRPCMessage> {
  const { id, method, params = {} } = request;
  if (LISTS[method]) {
    if (params.cursor !== undefined) return noCursors(id);
    return resultMessage(id, await listOfAll(method, members, audit));
  }
  if (method === 'logging/setLevel') {
    const able = [...members.values()].filter(({ capabilities }) => capabilities.logging);
    await Promise.all(able.map((member) => member.forward(request, params).catch(() => {})));
    return resultMessage(id, {});
  }
  const target = targetOf(request, { members, refused });
  if ('error' in target) {
    const { code, message, subject = {} } = target.error;
    const tool = method === 'tools/call' ? { tool: String(params.name).slice(0, 128) } : {};
    audit({
      event: method === 'tools/call' ? 'call' : 'request',
      decision: 'deny',
      code,
      method,
      requestId: id,
      ...subject,
      ...tool,
    });
    if (code === 'METHOD_DENIED') {
      return errorMessage(id, { code: METHOD_NOT_FOUND, message, data: { hallmark: { code } } });
    }
    return refusalMessage({ id, refusal: { code, message }, subject, ...tool });
  }
  const answer = await target.member.forward(request, target.params);
  if ('error' in answer) return errorMessage(id, answer.error);
  return resultMessage(id, exposeLinks(target.member.alias, answer.result));
}

async function listOfAll(method: string, members: Members, audit: Audit): Promise<Record<string, unknown>> {
  const { member: name, capability, expose } = LISTS[method]!;
  const lists = await Promise.all(
    [...members.values()].map(async (member) => {
      if (capability !== 'tools' && !member.capabilities[capability]) return [];
      const items = await member.listAll(method, name);
      const names = items.map((item) => String(item.name));
      if (name === 'tools') member.toolNames = names;
      if (name === 'prompts') member.promptNames = names;
      const colliding = name === 'tools' || name === 'prompts' ? collidingNames(member.alias, names) : new Set();
      for (const tool of colliding) {
        audit({ event: 'list', decision: 'deny', code: 'TOOL_NAME_COLLISION', method, tool: String(tool) });
      }
      return items.map((item) => expose(member.alias, item)).filter((item) => !colliding.has(item.name));
    }),
  );
  return { [name]: lists.flat() };
}

/** The server that a request is for, and its parameters as that server knows them. */
function targetOf({ method, params = {} }: JSONRPCRequest, servers: Servers): Target | NoTarget {
  if (method === 'tools/call' || method === 'prompts/get') return namedTarget(params.name, params, servers, method);
  if (method === 'resources/read' || method === 'resources/subscribe' || method === 'resources/unsubscribe') {
    return addressedTarget(params.uri, servers, (uri) => ({ ...params, uri }));
  }
  if (method === 'completion/complete') {
    const ref = (params.ref ?? {}) as Record<string, unknown>;
    if (ref.type !== 'ref/prompt')
      return addressedTarget(ref.uri, servers, (uri) => ({ ...params, ref: { ...ref, uri } }));
    const target = namedTarget(ref.name, ref, servers, 'prompts/get');
    return 'error' in target ? target : { ...target, params: { ...params, ref: target.params } };
  }
  return { error: { code: 'METHOD_DENIED', message: 'This gateway does not pass it.' } };
}

function namedTarget(
  exposed: unknown,
  params: Record<string, unknown>,
  servers: Servers,
  method: string,
): Target | NoTarget {
  const split = typeof exposed === 'string' ? splitName(exposed) : null;
  const member = split && servers.members.get(split.alias);
  if (!split || !member || typeof exposed !== 'string') return without(exposed, split?.alias, servers);
  const approved = member.opened?.entry()?.tools.allow.map(({ name }) => name) ?? [];
  const known = method === 'tools/call' ? [...member.toolNames, ...approved] : member.promptNames;
  const name = ownName({ alias: split.alias, exposed, known });
  if (name === null) {
    const message = `Two names of ${split.alias} would both be ${quote(exposed)} here; use /servers/${split.alias}/mcp.`;
    return { error: { code: 'TOOL_NAME_COLLISION', message } };
  }
  return { member, params: { ...params, name } };
}

function addressedTarget(
  exposed: unknown,
  servers: Servers,
  withUri: (uri: string) => Record<string, unknown>,
): Target | NoTarget {
  const split = typeof exposed === 'string' ? splitUri(exposed) : null;
  const member = split && servers.members.get(split.alias);
  return split && member ? { member, params: withUri(split.uri) } : without(exposed, split?.alias, servers);
}

/** Why nobody answers to a name: a server that is refused says so itself. */
function without(name: unknown, alias: string | undefined, { refused }: Servers): NoTarget {
  const known = alias === undefined ? undefined : refused.get(alias);
  if (known) return { error: { ...known.refusal, subject: known.subject } };
  const message = `No server of this gateway has ${quote(String(name))}. Names begin with the server's, as in files__read_file.`;
  return { error: { code: 'TOOL_NOT_ALLOWED', message } };
}

function named(alias: string, item: Item): Item {
  return { ...item, name: exposedName(alias, String(item.name)) };
}
