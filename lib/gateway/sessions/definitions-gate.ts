import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { Audit } from '../audit/audit.ts';
import type { Allowed, Decision } from '../decisions/decide.ts';
import { dryRun } from '../decisions/session-decision.ts';
import { DefinitionsGuard } from './definitions-guard.ts';
import { initializeForClient } from './initialize.ts';
import { noCursors, refusalMessage, resultMessage, type Subject } from './messages.ts';
import type { SessionRules } from './rules.ts';
import { verdict } from './tool-gate.ts';

export type DefinitionsGatePorts = {
  /** A request of the gateway to the server. */
  request: (method: string, params: Record<string, unknown>) => Promise<unknown>;
  /** The session's decision; ends the session where it is final. */
  check: () => Decision;
  /** The result of `work` while the request is held; null when it was cancelled or answered meanwhile, or failed. */
  held: <T>(request: JSONRPCRequest, work: () => Promise<T>) => Promise<T | null>;
  forward: (request: JSONRPCRequest) => void;
  refuse: (request: JSONRPCRequest, refusal: { code: string; message: string }) => void;
  toClient: (message: JSONRPCMessage) => void;
  /** The client asked to hear of changes of this resource. */
  subscribe: (uri: unknown) => void;
  audit: Audit;
  subject: Subject;
  rules: SessionRules;
};

/** Requests about prompts, resources and templates, and the answer to `initialize` with its instructions. */
export class DefinitionsGate {
  readonly guard: DefinitionsGuard;
  readonly #ports: DefinitionsGatePorts;

  constructor(ports: DefinitionsGatePorts) {
    this.#ports = ports;
    this.guard = new DefinitionsGuard({ rules: ports.rules, request: ports.request });
  }

  /** One request of `GUARDED_METHODS`. */
  handle(request: JSONRPCRequest): void {
    const decision = this.#ports.check();
    if (!decision.allow) this.#ports.refuse(request, decision);
    else if (this.guard.compares(decision.entry)) void this.#look(request, decision);
    else this.#pass(request);
  }

  /** The server answered `initialize`: what the client gets of it. */
  initialized(id: RequestId, result: Record<string, unknown>, { entry }: Allowed): void {
    const { rules, audit, toClient } = this.#ports;
    const refusal = this.guard.instructionsRefusal(result.instructions, entry);
    const decided = refusal && rules.isDryRun ? dryRun(refusal) : refusal;
    if (decided) audit({ event: 'request', ...verdict(decided), method: 'initialize', message: decided.message });
    const keepsInstructions = decided === null || decided.allow;
    toClient(resultMessage(id, initializeForClient(result, { keepsInstructions })));
  }

  async #look(request: JSONRPCRequest, { entry }: Allowed): Promise<void> {
    const { check, held, refuse, audit, rules, toClient, subject } = this.#ports;
    const { id, method, params } = request;
    const looked = await held(request, () => this.guard.look(request, entry));
    if (!looked) return;
    const running = check();
    if (!running.allow) {
      refuse(request, running);
      return;
    }
    const decided = looked.refusal && rules.isDryRun ? dryRun(looked.refusal) : looked.refusal;
    if (decided) audit({ event: 'request', ...verdict(decided), method, requestId: id, message: decided.message });
    if (looked.pass || decided?.allow) this.#pass(request);
    else if (!looked.result) toClient(refusalMessage({ id, refusal: looked.refusal, subject }));
    else if (params?.cursor !== undefined) toClient(noCursors(id));
    else toClient(resultMessage(id, looked.result));
  }

  #pass(request: JSONRPCRequest): void {
    if (request.method === 'resources/subscribe') this.#ports.subscribe(request.params?.uri);
    this.#ports.forward(request);
  }
}
