import type { JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import { quote } from '../decisions/quote.ts';
import { GatewayError } from '../decisions/reasons.ts';
import { calledTool, type Subject } from './messages.ts';
import { type OwnRequests, PeerRpcError } from './own-requests.ts';

const MAX_ARGUMENTS = 1500;

/** Whether the client said at `initialize` that it shows forms to a person (MCP 2025-11-25, elicitation). */
export function canAsk(capabilities: unknown): boolean {
  const { elicitation } = (capabilities ?? {}) as { elicitation?: unknown };
  if (typeof elicitation !== 'object' || elicitation === null) return false;
  // An empty object is form mode, as it was before there were modes.
  return 'form' in elicitation || Object.keys(elicitation).length === 0;
}

/**
 * Asks the person at the client whether this one call may go on. Resolves when they agree. The text is the gateway's
 * own; name and arguments come from client and server and are shown as JSON. Throws `GatewayError` ASK_DECLINED or
 * ASK_TIMEOUT.
 */
export async function askPerson({
  requests,
  request,
  org,
  subject,
  conditions,
  timeoutMs,
}: {
  /** Those that the gateway makes to the client. */
  requests: OwnRequests;
  request: JSONRPCRequest;
  org: string;
  subject: Subject;
  conditions: string | undefined;
  timeoutMs: number;
}): Promise<void> {
  const tool = quote(calledTool(request) ?? '');
  const whole = JSON.stringify(request.params?.arguments ?? {});
  const given = quote(whole, MAX_ARGUMENTS).slice(1, -1).replaceAll('\\"', '"');
  // Who agrees has to know that there is more than they are shown.
  const label =
    whole.length > MAX_ARGUMENTS
      ? `Arguments, the first ${MAX_ARGUMENTS} of ${whole.length} characters, the rest is not shown`
      : 'Arguments';
  const message = [
    `${org} wants a person to agree to each call of the tool ${tool} of ${subject.server} ${subject.version}.`,
    `${label}: ${given}`,
    ...(conditions ? [`Condition of the approval: ${conditions}`] : []),
  ].join('\n');
  let answer: { action?: unknown; content?: { allow?: unknown } | null } | null;
  try {
    answer = (await requests.request({
      method: 'elicitation/create',
      params: {
        mode: 'form',
        message,
        requestedSchema: {
          type: 'object',
          properties: {
            allow: { type: 'boolean', title: 'Allow this call', description: 'This one call only.', default: false },
          },
          required: ['allow'],
        },
      },
      timeoutMs,
      relatedTo: request.id,
    })) as typeof answer;
  } catch (error) {
    if (!(error instanceof PeerRpcError)) throw error;
    throw new GatewayError('ASK_DECLINED', `The client did not ask a person whether ${tool} may be called.`);
  }
  if (answer?.action === 'accept' && answer.content?.allow === true) return;
  throw new GatewayError('ASK_DECLINED', `The person who was asked did not agree to this call of ${tool}.`);
}
