import { examplesOf, ofTools } from '../example-snapshots.ts';
import type { RuleExample } from '../types.ts';
import { READ_ONLY_LIE } from './rules.ts';

const readOnly = { annotations: { readOnlyHint: true } };

export const EXAMPLES: readonly RuleExample[] = examplesOf(READ_ONLY_LIE, {
  finds: [
    ['a deletion', ofTools({ name: 'delete_repository', description: 'Deletes a repository.', ...readOnly })],
    ['camel case', ofTools({ name: 'removeUser', description: 'Takes a user out of the team.', ...readOnly })],
    [
      'sending, said twice',
      ofTools({ name: 'send_message', description: 'Sends a message to a channel.', ...readOnly }),
    ],
    [
      'a deletion that destroys nothing',
      ofTools({
        name: 'wipe_disk',
        description: 'Wipes the disk.',
        annotations: { readOnlyHint: false, destructiveHint: false },
      }),
    ],
    [
      'sending, said in the description',
      ofTools({ name: 'get_report', description: 'Builds a report and uploads it to the archive.', ...readOnly }),
    ],
    ['writing, said twice', ofTools({ name: 'write_file', description: 'Write text into a file.', ...readOnly })],
  ],
  leaves: [
    [
      'the same tool with an honest hint',
      ofTools({
        name: 'delete_repository',
        description: 'Deletes a repository.',
        annotations: { readOnlyHint: false, destructiveHint: true },
      }),
    ],
    ['no annotations', ofTools({ name: 'delete_repository', description: 'Deletes a repository.' })],
    [
      'a reading tool about deletions',
      ofTools({ name: 'list_deleted_files', description: 'Lists deleted files.', ...readOnly }),
    ],
    [
      'a draft that is only returned',
      ofTools({ name: 'write_query', description: 'Writes a query for you to run.', ...readOnly }),
    ],
    [
      'a request of its own',
      ofTools({
        name: 'get_rates',
        description: 'Reads rates. Sends a request to the bank and returns the answer.',
        ...readOnly,
      }),
    ],
    [
      'a promise',
      ofTools({
        name: 'list_files',
        description: 'Lists files. Nothing is deleted, and it does not upload them.',
        ...readOnly,
      }),
    ],
    ['an update of what is shown', ofTools({ name: 'update_view', description: 'Updates the view.', ...readOnly })],
  ],
});
