import { createInterface } from 'node:readline';

/** The part of MCP over stdio (2025-11-25) that the demonstration servers need: initialize, tools/list, tools/call. */
export function serve({ name, instructions, tools, call }) {
  const answer = (id, result) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  const refuse = (id, code, message) =>
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } })}\n`);
  createInterface({ input: process.stdin }).on('line', async (line) => {
    let message;
    try {
      message = JSON.parse(line);
    } catch {
      return refuse(null, -32700, 'Parse error');
    }
    const { id, method, params } = message;
    if (id === undefined) return;
    if (method === 'initialize') {
      return answer(id, {
        protocolVersion: params?.protocolVersion ?? '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name, version: '1.0.0' },
        ...(instructions ? { instructions } : {}),
      });
    }
    if (method === 'ping') return answer(id, {});
    if (method === 'tools/list') return answer(id, { tools });
    if (method === 'tools/call')
      return answer(id, { content: [{ type: 'text', text: await call(params.name, params.arguments ?? {}) }] });
    refuse(id, -32601, `Method not found: ${method}`);
  });
}
