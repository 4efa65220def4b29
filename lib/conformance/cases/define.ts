import type { Area, ConformanceCase } from '../types.ts';

/** Cases of one area. */
export const inArea = (area: Area, cases: Omit<ConformanceCase, 'area'>[]): ConformanceCase[] =>
  cases.map((entry) => ({ ...entry, area }));

/** Where rules stand. */
export const SOURCES = {
  openapi: 'modelcontextprotocol/registry, docs/reference/api/openapi.yaml (2025-12-01)',
  official: 'modelcontextprotocol/registry, internal/api: the official server',
  publishing: 'modelcontextprotocol/registry, docs/reference/server-json: requirements of the official registry',
  aggregators: 'modelcontextprotocol/registry, docs/modelcontextprotocol-io/registry-aggregators.mdx',
  versioning: 'modelcontextprotocol/registry, docs/modelcontextprotocol-io/versioning.mdx',
  vscode: 'microsoft/vscode, src/vs/platform/mcp/common/mcpGalleryService.ts',
  copilot: 'GitHub Docs, configure an MCP registry for your organization or enterprise',
  copilotCli: 'github/copilot-cli issue 3772',
  toolhive: 'stacklok/toolhive, pkg/registry/api/client.go',
  docker: 'docker/mcp-gateway, catalog create --from-community-registry',
  caching: 'RFC 9110 §8.8 and §13, RFC 9111 §5.2',
  http: 'RFC 9110',
  urls: 'RFC 3986 §2.1',
  problem: 'RFC 9457',
} as const;
