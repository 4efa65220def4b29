import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import { type Audit, auditedArguments } from '../audit/audit.ts';
import type { Allowed, Decision, Refusal } from '../decisions/decide.ts';
import { GatewayError } from '../decisions/reasons.ts';
import { dryRun } from '../decisions/session-decision.ts';
import { askPerson, canAsk } from './ask-person.ts';
import { ListCatalog } from './list-catalog.ts';
import {
  calledTool,
  noCursors,
  refusalMessage,
  resultMessage,
  type Subject,
  upstreamErrorMessage,
} from './messages.ts';
import { type OwnRequests, PeerRpcError } from './own-requests.ts';
import type { SessionRules } from './rules.ts';
import { type ToolListing, toolListing } from './tool-listing.ts';

/** What the feed says now about the running session, or about one tool of it. */
export type Decide = (asked?: { tool: string; digest: string | null }) => Decision;

export type ToolGatePorts = {
  requests: { server: OwnRequests; client: OwnRequests };
  /** The session's decision; ends the session where it is final. */
  check: () => Decision;
  decide: Decide;
  /** The result of `work` while the request is held; null when it was cancelled or answered meanwhile, or failed. */
  held: <T>(request: JSONRPCRequest, work: () => Promise<T>, failed: (error: unknown) => void) => Promise<T | null>;
  forward: (request: JSONRPCRequest, about: { tool: string; digest: string | null }) => void;
  toClient: (message: JSONRPCMessage) => void;
  audit: Audit;
  subject: Subject;
  org: () => string;
  rules: SessionRules;
};

type Call = { request: JSONRPCRequest; tool: string; digest: string | null };

/** `tools/list` and `tools/call`: what is shown, and what passes on to the server. */
export class ToolGate {
  readonly #ports: ToolGatePorts;
  readonly #tools: ListCatalog<ToolListing>;
  /** What the client said at `initialize` that it can do. */
  clientCapabilities: unknown = {};

  constructor(ports: ToolGatePorts) {
    this.#ports = ports;
    this.#tools = new ListCatalog({
      member: 'tools',
      listPage: (cursor) =>
        ports.requests.server.request({
          method: 'tools/list',
          params: cursor === null ? {} : { cursor },
          timeoutMs: ports.rules.listTimeoutMs,
        }),
      read: toolListing,
    });
  }

  /** The server's tools may have changed. */
  invalidate(): void {
    this.#tools.invalidate();
  }

  async list(request: JSONRPCRequest): Promise<void> {
    const { check, decide, held, toClient, audit } = this.#ports;
    const { id, params } = request;
    const before = check();
    if (before.allow && params?.cursor !== undefined) {
      toClient(noCursors(id));
      return;
    }
    const failed = (error: unknown) => this.#listFailed(request, error);
    const listing = before.allow ? await held(request, () => this.#tools.list({ fresh: true }), failed) : null;
    if (before.allow && !listing) return;
    const decision = check();
    const hidden: { tool: string; code: string }[] = [];
    const tools = (listing?.tools ?? []).filter(({ name }) => {
      const { allow, code } = decide({ tool: name, digest: listing?.digests.get(name) ?? null });
      if (!allow) hidden.push({ tool: name.slice(0, 128), code });
      return allow;
    });
    const shown = decision.allow ? tools : [];
    audit({ event: 'list', ...verdict(decision), requestId: id, shown: shown.length, hidden: hidden.slice(0, 100) });
    toClient(resultMessage(id, { tools: shown }));
  }

  /** `hasAgreed` once a person was asked: everything is decided anew then, since the feed may have changed meanwhile. */
  async call(request: JSONRPCRequest, { hasAgreed = false } = {}): Promise<void> {
    const { check, decide, held } = this.#ports;
    const tool = calledTool(request);
    if (tool === null || request.params?.task !== undefined) {
      const message = tool === null ? 'tools/call without the name of a tool.' : 'This gateway passes no tasks.';
      const refusal: Refusal = { allow: false, code: 'REQUEST_MALFORMED', message };
      this.#refuse({ request, tool: tool ?? '', digest: null }, refusal);
      return;
    }
    const session = check();
    const first = session.allow ? decide({ tool, digest: null }) : session;
    // Whatever the server lists, these would be refused; only a missing digest is worth asking it.
    if (!first.allow && first.code !== 'TOOL_UNSEEN') {
      this.#refuse({ request, tool, digest: null }, first);
      return;
    }
    const failed = (error: unknown) => this.#refuse({ request, tool, digest: null }, failureOf(error));
    const listing = await held(request, () => this.#tools.list(), failed);
    if (!listing) return;
    const call = { request, tool, digest: listing.digests.get(tool) ?? null };
    const running = check();
    const decision = running.allow ? decide({ tool, digest: call.digest }) : running;
    if (!decision.allow) this.#refuse(call, decision);
    else if (decision.ask && !hasAgreed && !decision.wouldDeny) await this.#askFirst(call, decision);
    else this.#pass(call, decision);
  }

  async #askFirst(call: Call, { entry }: Allowed): Promise<void> {
    const { held, requests, org, subject, rules, audit } = this.#ports;
    const { request, tool, digest } = call;
    if (!canAsk(this.clientCapabilities)) {
      const message = `${org()} wants a person to agree to each call of this tool, and this client cannot ask one.`;
      const refusal: Refusal = { allow: false, code: 'ASK_UNSUPPORTED', message, entry };
      const decided = rules.isDryRun ? dryRun(refusal) : refusal;
      if (decided.allow) this.#pass(call, decided);
      else this.#refuse(call, decided);
      return;
    }
    audit({ event: 'ask', tool: tool.slice(0, 128), digest, requestId: request.id });
    const { conditions } = entry;
    const ask = () =>
      askPerson({
        requests: requests.client,
        request,
        org: org(),
        subject,
        conditions,
        timeoutMs: rules.askTimeoutMs,
      }).then(() => true);
    const hasAgreed = await held(request, ask, (error) => this.#refuse(call, failureOf(error)));
    if (hasAgreed) await this.call(request, { hasAgreed });
  }

  #pass(call: Call, decision: Allowed): void {
    const { audit, forward } = this.#ports;
    audit({ event: 'call', ...verdict(decision), ...this.#about(call) });
    forward(call.request, { tool: call.tool, digest: call.digest });
  }

  #refuse(call: Call, refusal: { code: string; message: string }): void {
    const { audit, toClient, subject } = this.#ports;
    const { code, message } = refusal;
    audit({ event: 'call', decision: 'deny', code, message, ...this.#about(call) });
    toClient(refusalMessage({ id: call.request.id, refusal, subject, tool: call.tool }));
  }

  #listFailed({ id, method }: JSONRPCRequest, error: unknown): void {
    const { audit, toClient, subject } = this.#ports;
    const refusal = failureOf(error);
    audit({ event: 'list', decision: 'deny', ...refusal, method, requestId: id });
    if (error instanceof PeerRpcError) toClient(upstreamErrorMessage({ id, error: error.error, subject }));
    else toClient(refusalMessage({ id, refusal, subject }));
  }

  #about({ request, tool, digest }: Call) {
    const given = auditedArguments(this.#ports.rules.auditArguments, request.params?.arguments);
    return { tool: tool.slice(0, 128), digest, requestId: request.id, ...given };
  }
}

/** How a decision stands in the audit. */
export function verdict(decision: Decision): { decision: 'allow' | 'deny' | 'would-deny'; code: string } {
  const { allow, code } = decision;
  return { decision: !allow ? 'deny' : decision.wouldDeny ? 'would-deny' : 'allow', code };
}

/** What failed on the way, as a refusal. The other side's own words are not in it. */
export function failureOf(error: unknown): { code: GatewayError['code']; message: string } {
  if (error instanceof GatewayError) return { code: error.code, message: error.message };
  return {
    code: 'UPSTREAM_FAILED',
    message: 'The server did not list what it offers, so nothing can be compared with what was approved.',
  };
}
