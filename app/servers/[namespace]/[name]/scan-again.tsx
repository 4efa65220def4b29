import type { Viewer } from '#lib/auth/viewer.ts';
import type { ServerPage } from '#lib/catalog/views.ts';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { scanAgain } from './scan-action.ts';

/** The button that asks for a scan of the shown version. Nothing for who is not signed in. */
export function ScanAgain({ server, viewer }: { server: ServerPage; viewer: Viewer | null }) {
  if (!viewer) return null;
  const label = server.scan?.finishedAt ? 'Scan again' : 'Scan';
  return (
    <ActionForm action={scanAgain} label="Ask for a scan" className="mt-4 gap-2">
      <input type="hidden" name="server" value={server.name} />
      <input type="hidden" name="version" value={server.version} />
      <SubmitButton isQuiet pendingText="Queueing…">
        {label}
      </SubmitButton>
      <FormMessage />
    </ActionForm>
  );
}
