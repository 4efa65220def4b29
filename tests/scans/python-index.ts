import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ZipEntry, zip } from '../packages/support/zip.ts';

export type TestWheel = {
  name: string;
  version: string;
  /** Module files, e.g. `server.py`. */
  files?: Record<string, string>;
  requires?: string[];
  /** Console scripts: name to `module:attribute`. */
  scripts?: Record<string, string>;
  /** What the index says instead of the truth. */
  sha256?: string;
};

export type TestIndex = { url: string; requests: string[]; close(): Promise<void> };

/** An index of Python packages on loopback (PEP 503). `sdists` are listed as source archives that must never be fetched. */
export async function startIndex(wheels: readonly TestWheel[], sdists: readonly string[] = []): Promise<TestIndex> {
  const requests: string[] = [];
  const files = new Map<string, Buffer>();
  const pages = new Map<string, string[]>();
  const list = (name: string, link: string) => pages.set(name, [...(pages.get(name) ?? []), link]);
  for (const wheel of wheels) {
    const bytes = wheelOf(wheel);
    const file = `${wheel.name.replaceAll('-', '_')}-${wheel.version}-py3-none-any.whl`;
    files.set(`/files/${file}`, bytes);
    const sha256 = wheel.sha256 ?? createHash('sha256').update(bytes).digest('hex');
    list(wheel.name, `<a href="/files/${file}#sha256=${sha256}">${file}</a>`);
  }
  for (const name of sdists) list(name, `<a href="/files/${name}-1.0.0.tar.gz">${name}-1.0.0.tar.gz</a>`);
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const page = pages.get(/^\/simple\/([^/]+)\/$/.exec(path)?.[1] ?? '');
    if (page) {
      response.setHeader('content-type', 'text/html');
      response.end(`<!DOCTYPE html><html><body>${page.join('\n')}</body></html>`);
      return;
    }
    const file = files.get(path);
    response.statusCode = file ? 200 : 404;
    response.end(file ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A wheel (PyPA, "Binary distribution format"). */
function wheelOf({ name, version, files = {}, requires = [], scripts = {} }: TestWheel): Buffer {
  const info = `${name.replaceAll('-', '_')}-${version}.dist-info`;
  const metadata = ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`, 'License: MIT'];
  const lines = [...metadata, ...requires.map((one) => `Requires-Dist: ${one}`), '', 'A package.'];
  const entries: ZipEntry[] = [
    ...Object.entries(files).map(([path, content]) => ({ name: path, content })),
    { name: `${info}/METADATA`, content: lines.join('\n') },
    {
      name: `${info}/WHEEL`,
      content: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    },
    {
      name: `${info}/entry_points.txt`,
      content: `[console_scripts]\n${Object.entries(scripts)
        .map(([key, value]) => `${key} = ${value}\n`)
        .join('')}`,
    },
  ];
  const record = [...entries.map((entry) => `${entry.name},,`), `${info}/RECORD,,`].join('\n');
  return zip([...entries, { name: `${info}/RECORD`, content: `${record}\n` }]);
}

/** An MCP server without any library; `helper` is its dependency. */
export const SERVER_PY = `
import json, sys, helper
def main():
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        method = message["method"]
        if method == "initialize":
            result = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "py", "version": "1"}}
        elif method == "tools/list":
            result = {"tools": [{"name": helper.NAME, "description": " ".join(sys.argv), "inputSchema": {"type": "object"}}]}
        else:
            print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": "no"}}), flush=True)
            continue
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
`;
