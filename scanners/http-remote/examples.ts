import type { Remote } from '#lib/manifest/types.ts';
import { examplesOf, ofManifest } from '../example-snapshots.ts';
import type { InputSnapshot, RuleExample } from '../types.ts';
import { HTTP_REMOTE, PRIVATE_REMOTE } from './rules.ts';

const ofRemote = (url: string, type: Remote['type'] = 'streamable-http'): InputSnapshot =>
  ofManifest({ remotes: [{ type, url }] });

const ofLocalPackage = (url: string): InputSnapshot =>
  ofManifest({
    packages: [
      { registryType: 'npm', identifier: 'weather-mcp', version: '1.0.0', transport: { type: 'streamable-http', url } },
    ],
  });

export const EXAMPLES: readonly RuleExample[] = [
  ...examplesOf(HTTP_REMOTE, {
    finds: [
      ['plain http', ofRemote('http://mcp.example.com/mcp')],
      ['plain http for server-sent events', ofRemote('http://mcp.example.com:8080/sse', 'sse')],
      ['a package that talks to a host over http', ofLocalPackage('http://mcp.example.com/mcp')],
    ],
    leaves: [
      ['https', ofRemote('https://mcp.example.com/mcp')],
      ['https with variables', ofRemote('https://{tenant}.example.com/{region}/mcp')],
      ['a package that listens on this machine', ofLocalPackage('http://localhost:3000/mcp')],
    ],
  }),
  ...examplesOf(PRIVATE_REMOTE, {
    finds: [
      ['this machine', ofRemote('http://localhost:3000/mcp')],
      ['a private address', ofRemote('https://192.168.1.20/mcp')],
      ['the metadata service of a cloud', ofRemote('http://169.254.169.254/mcp')],
      ['IPv6 loopback', ofRemote('http://[::1]:3000/mcp')],
      ['a local domain', ofRemote('https://mcp.corp.internal/mcp')],
    ],
    leaves: [
      ['a public name', ofRemote('https://mcp.example.com/mcp')],
      ['a public address', ofRemote('https://93.184.215.14/mcp')],
      ['a host that the user fills in', ofRemote('https://{host}/mcp')],
      ['a package that listens on this machine', ofLocalPackage('http://127.0.0.1:{port}/mcp')],
    ],
  }),
];
