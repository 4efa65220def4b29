import type {
  JSONRPCMessage,
  JSONRPCNotification,
  JSONRPCRequest,
  RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import type { Audit } from '../audit/audit.ts';
import { keyOf, METHOD_NOT_FOUND, refusalMessage, resultMessage, type Subject } from './messages.ts';
import { type Announcements, MAX_NOTIFICATION_CHARACTERS, NotificationBucket } from './notification-limits.ts';
import type { RequestTable } from './request-table.ts';
import { SERVER_REQUESTS, type SessionRules } from './rules.ts';

/** Requests of the server that the client may have at once. */
const MAX_OPEN = 32;

const MAX_SUBSCRIPTIONS = 1000;

const LIST_CHANGES = new Set([
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
]);

/** What a server says unasked: which of it reaches the client. Everything that has no rule here is dropped or refused. */
export class ServerMessages {
  readonly #toClient: (message: JSONRPCMessage, relatedTo?: RequestId) => void;
  readonly #toServer: (message: JSONRPCMessage) => void;
  readonly #table: RequestTable;
  readonly #rules: SessionRules;
  readonly #audit: Audit;
  readonly #subject: Subject;
  readonly #announcements: Announcements;
  readonly #bucket = new NotificationBucket();
  /** Requests of the server that the client has. */
  readonly #open = new Map<string, RequestId>();
  /** Resources whose changes the client asked to hear of. */
  readonly #subscriptions = new Set<unknown>();
  #dropped = 0;

  constructor(options: {
    toClient: (message: JSONRPCMessage, relatedTo?: RequestId) => void;
    toServer: (message: JSONRPCMessage) => void;
    table: RequestTable;
    rules: SessionRules;
    audit: Audit;
    subject: Subject;
    announcements: Announcements;
  }) {
    this.#toClient = options.toClient;
    this.#toServer = options.toServer;
    this.#table = options.table;
    this.#rules = options.rules;
    this.#audit = options.audit;
    this.#subject = options.subject;
    this.#announcements = options.announcements;
  }

  /** The client wants to hear of changes of this resource. */
  subscribe(uri: unknown): void {
    if (this.#subscriptions.size < MAX_SUBSCRIPTIONS) this.#subscriptions.add(uri);
  }

  notification(notification: JSONRPCNotification): void {
    const { method, params } = notification;
    if (LIST_CHANGES.has(method)) {
      this.#announcements.announce(method);
      return;
    }
    const target = this.#targetOf(method, params ?? {});
    const isPassed = target !== null && this.#bucket.take() && isShort(notification);
    if (isPassed) this.#toClient(notification, target.relatedTo);
    else this.#drop(method);
  }

  request(request: JSONRPCRequest): void {
    const { id, method } = request;
    if (method === 'ping') {
      this.#toServer(resultMessage(id, {}));
      return;
    }
    const kind = (Object.keys(SERVER_REQUESTS) as (keyof typeof SERVER_REQUESTS)[]).find(
      (known) => SERVER_REQUESTS[known] === method,
    );
    if (!kind || !this.#rules.serverRequests.has(kind) || this.#open.size >= MAX_OPEN || this.#open.has(keyOf(id))) {
      const code = 'SERVER_REQUEST_DENIED';
      const message = `This gateway does not pass ${kind ?? 'such requests'} of servers on to clients.`;
      this.#audit({ event: 'request', decision: 'deny', code, method: method.slice(0, 128), message });
      const refusal = refusalMessage({ id, refusal: { code, message }, subject: this.#subject });
      this.#toServer(
        'error' in refusal ? { ...refusal, error: { ...refusal.error, code: METHOD_NOT_FOUND } } : refusal,
      );
      return;
    }
    this.#open.set(keyOf(id), id);
    this.#audit({ event: 'request', decision: 'allow', code: 'ALLOWED', method });
    this.#toClient(request, this.#table.latest?.id);
  }

  /** A response of the client: passed on if the server asked. */
  response(message: Exclude<JSONRPCMessage, JSONRPCRequest | JSONRPCNotification>): void {
    if (message.id !== undefined && this.#open.delete(keyOf(message.id))) this.#toServer(message);
  }

  /** Where a notification belongs; null for those that do not pass. */
  #targetOf(method: string, params: Record<string, unknown>): { relatedTo?: RequestId } | null {
    if (method === 'notifications/progress') {
      const tracked = this.#table.byProgressToken(params.progressToken);
      return tracked && { relatedTo: tracked.id };
    }
    if (method === 'notifications/message') return { ...(this.#table.latest && { relatedTo: this.#table.latest.id }) };
    if (method === 'notifications/resources/updated') return this.#subscriptions.has(params.uri) ? {} : null;
    if (method === 'notifications/cancelled') {
      const id = params.requestId as RequestId | undefined;
      return id !== undefined && this.#open.delete(keyOf(id)) ? {} : null;
    }
    if (method === 'notifications/elicitation/complete')
      return this.#rules.serverRequests.has('elicitation') ? {} : null;
    return null;
  }

  #drop(method: string): void {
    this.#dropped += 1;
    if (this.#dropped > 20 && this.#dropped % 1000 !== 0) return;
    const message = `A notification was dropped (${this.#dropped} so far).`;
    this.#audit({ event: 'upstream', message, method: method.slice(0, 128) });
  }
}

function isShort(notification: JSONRPCNotification): boolean {
  return JSON.stringify(notification).length <= MAX_NOTIFICATION_CHARACTERS;
}
