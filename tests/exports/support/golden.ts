import path from 'node:path';
import { EXPORT_CLIENTS, type ExportClientId, type RenderedExport, renderExport } from '#lib/exports/index.ts';
import { allowlist, options, revocations } from './documents.ts';

const FOLDER = path.join(import.meta.dirname, '..', 'golden');
const clients = Object.keys(EXPORT_CLIENTS) as ExportClientId[];

export type GoldenFile = { name: string; path: string; text: string };

const notesText = ({ notes }: RenderedExport): string =>
  notes
    .map(({ severity, server, version, code, text }) =>
      [severity, code, [server, version].filter(Boolean).join(' '), text].filter(Boolean).join(' | '),
    )
    .join('\n');

/** What should be in tests/exports/golden: of every client the file, its notes, and its form of "nothing is allowed". */
export function goldenFiles(): GoldenFile[] {
  // The suffix keeps formatters away.
  const file = (name: string, text: string) => ({ name, path: path.join(FOLDER, `${name}.golden`), text });
  return clients.flatMap((client) => {
    const whole = renderExport({ client, allowlist, revocations, options });
    const none = renderExport({ client, allowlist: { ...allowlist, mode: 'lockdown' }, revocations, options });
    return [
      file(`${client}--${whole.file}`, whole.text),
      file(`${client}--notes.txt`, `${notesText(whole)}\n`),
      file(`${client}--lockdown--${whole.file}`, none.text),
    ];
  });
}
