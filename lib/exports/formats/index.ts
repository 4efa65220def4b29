import type { ExportClientId } from '../clients.ts';
import type { ExportFormat } from '../types.ts';
import { claudeCode, copilot } from './matchers.ts';

export const FORMATS: Record<ExportClientId, ExportFormat> = {
  copilot,
  'claude-code': claudeCode,
};
