import { SelectField, TextArea } from '../../../forms/fields.tsx';

/** Which server, and which of its tools. */
export function ServerFields({ servers }: { servers: string[] }) {
  return (
    <>
      <SelectField name="serverName" label="Server" options={servers.map((name) => [name, name] as const)} />
      <TextArea
        name="tools"
        label="Tools"
        hint="One name or pattern a line, such as read_*. Empty: all that the organization allows."
        isMono
        rows={3}
        required={false}
      />
    </>
  );
}
