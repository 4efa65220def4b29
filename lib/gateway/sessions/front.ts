import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Refusal } from '../decisions/decide.ts';
import type { SendToClient } from './client-sink.ts';
import { refusalMessage, resultMessage, type Subject } from './messages.ts';
import { type GatewayContext, openServer, type ServerPlan, type SessionIdentity } from './open-server.ts';

/** What a client speaks with. */
export type Front = {
  fromClient(message: JSONRPCMessage): void;
  close(): Promise<void>;
};

/** One server by itself, with its own names; or the refusal, as the answer to every request. */
export async function openSingle({
  plan,
  context,
  identity,
  sendToClient,
}: {
  plan: ServerPlan;
  context: GatewayContext;
  identity: SessionIdentity;
  sendToClient: SendToClient;
}): Promise<Front> {
  const { opened, ...refused } = await openServer({ plan, context, identity, sendToClient });
  if (!opened) return refusingFront({ ...(refused as { refusal: Refusal; subject: Subject }), sendToClient });
  return { fromClient: (message) => opened.proxy.fromClient(message), close: opened.close };
}

/** Refuses everything but `ping`, and lists no tools. */
export function refusingFront({
  refusal,
  subject,
  sendToClient,
}: {
  refusal: Pick<Refusal, 'code' | 'message'>;
  subject: Partial<Subject>;
  sendToClient: SendToClient;
}): Front {
  return {
    fromClient: (message) => {
      if (!('method' in message) || !('id' in message)) return;
      const { id, method } = message;
      if (method === 'ping') void sendToClient(resultMessage(id, {}));
      else if (method === 'tools/list') void sendToClient(resultMessage(id, { tools: [] }));
      else void sendToClient(refusalMessage({ id, refusal, subject }));
    },
    close: async () => {},
  };
}
