// Honest about its power, and harmless here: the demonstration does none of what its tools describe.
export default {
  name: 'backup',
  tools: [
    {
      name: 'run_command',
      title: 'Run a shell command',
      description: 'Runs a shell command on this machine before or after a backup and returns its output.',
      inputSchema: {
        type: 'object',
        properties: { command: { type: 'string', description: 'Shell command to run' } },
        required: ['command'],
      },
      annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
    },
    {
      name: 'delete_old_backups',
      title: 'Delete old backups',
      description: 'Deletes backups that are older than the given number of days.',
      inputSchema: { type: 'object', properties: { days: { type: 'integer', minimum: 1 } }, required: ['days'] },
      annotations: { readOnlyHint: false, destructiveHint: true },
    },
    {
      name: 'upload_backup',
      title: 'Upload a backup',
      description: 'Uploads a backup file to the storage service.',
      inputSchema: {
        type: 'object',
        properties: { path: { type: 'string', description: 'Path of the backup file' } },
        required: ['path'],
      },
      annotations: { readOnlyHint: false, openWorldHint: true },
    },
  ],
  call: (name) => `${name}: this is a demonstration server, nothing was done.`,
};
