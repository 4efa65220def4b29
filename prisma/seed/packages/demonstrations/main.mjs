#!/usr/bin/env node
import backup from './backup.mjs';
import notes from './notes.mjs';
import { serve } from './stdio-server.mjs';
import weather from './weather.mjs';

const servers = { weather, backup, notes };
const name = process.argv[2] ?? '';
if (!Object.hasOwn(servers, name)) {
  process.stderr.write(`Name the server to run: ${Object.keys(servers).join(', ')}.\n`);
  process.exit(2);
}
serve(servers[name]);
