#!/usr/bin/env node
import { runMain } from './run-main.mjs';

await runMain(new URL('./main.ts', import.meta.url));
