import { TextField } from '../../../forms/fields.tsx';

/** Address and kinds of a webhook, new or as it is. */
export function WebhookFields({ url, kinds }: { url?: string; kinds?: string[] }) {
  return (
    <>
      <TextField
        name="url"
        label="Address"
        type="url"
        isMono
        placeholder="https://hooks.example.com/hallmark"
        hint="https, and reachable from the internet unless the admin of this instance lists its network."
        maxLength={2000}
        defaultValue={url}
      />
      <TextField
        name="kinds"
        label="Events"
        isMono
        placeholder="allowlist.*, request.opened"
        hint="Kinds, families such as allowlist.*, or * for all. Left empty, all."
        required={false}
        maxLength={1000}
        defaultValue={kinds?.join(', ')}
      />
    </>
  );
}
