import type { ServerPage } from '#lib/catalog/views.ts';
import { isSelectable } from '../../../orgs/tool-selection.ts';
import { annotationWords } from '../../../text/annotations.ts';
import { standingAccusations } from './standing-accusations.ts';

/** The tools of a version as they are offered for choice. */
export function toolChoices(server: ServerPage) {
  const accusations = standingAccusations(server.scan);
  const accused = new Set(accusations.map((finding) => finding.location.subject));
  return (server.tools ?? []).map((tool) => ({
    name: tool.name,
    about: annotationWords(tool.annotations).join(', ') || 'no hints',
    isSelectable: isSelectable(tool.name),
    isAccused: accused.has(tool.name),
  }));
}
