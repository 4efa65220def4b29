#!/usr/bin/env node
import { runMain } from './run-main.mjs';

await runMain(new URL('./sigstore-client.ts', import.meta.url));
