import { exportClient } from './clients.ts';
import { FORMATS } from './formats/index.ts';
import { sortNotes } from './notes.ts';
import { planExport } from './plan-export.ts';
import type { ExportInput, ExportNote, RenderedExport } from './types.ts';

/**
 * A client's native file of what an organization allows. Pure: the same input gives the same bytes. Whatever the client
 * cannot be told exactly is left out and said in a note; the client's form of "nothing" is written where nothing is left.
 * Throws NOT_FOUND for a team or group that the list does not have.
 */
export function renderExport(input: ExportInput): RenderedExport {
  const client = exportClient(input.client);
  const notes: ExportNote[] = [];
  const note = (one: ExportNote) => void notes.push(one);
  const plan = planExport(input, client, note);
  const text = FORMATS[input.client](plan, note);
  const listed = input.allowlist.servers.length;
  return {
    file: client.file,
    contentType: client.contentType,
    text,
    notes: sortNotes(notes),
    counts: {
      listed,
      servers: plan.servers.length,
      versions: plan.servers.reduce((sum, { versions }) => sum + versions.length, 0),
      leftOut: listed - plan.servers.length,
    },
  };
}
