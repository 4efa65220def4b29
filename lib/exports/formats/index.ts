import type { ExportClientId } from '../clients.ts';
import type { ExportFormat } from '../types.ts';
import { contextforge, docker, toolhive } from './catalogs.ts';
import { cedarDocker, cedarGeneric, cedarToolhive } from './cedar.ts';
import { agentgateway, envoyAiGateway, goose, kong, litellm } from './gateways.ts';
import { claudeCode, copilot } from './matchers.ts';
import {
  claudeCodeManaged,
  claudeCodeMcp,
  claudeDesktop,
  cursor,
  cursorPermissions,
  vscode,
} from './server-configs.ts';
import { windsurf } from './windsurf.ts';

export const FORMATS: Record<ExportClientId, ExportFormat> = {
  copilot,
  'claude-code': claudeCode,
  'claude-code-mcp': claudeCodeMcp,
  'claude-code-managed': claudeCodeManaged,
  'claude-desktop': claudeDesktop,
  vscode,
  cursor,
  'cursor-permissions': cursorPermissions,
  windsurf,
  toolhive,
  docker,
  litellm,
  contextforge,
  agentgateway,
  'envoy-ai-gateway': envoyAiGateway,
  kong,
  goose,
  'cedar-docker': cedarDocker,
  'cedar-toolhive': cedarToolhive,
  'cedar-generic': cedarGeneric,
};
