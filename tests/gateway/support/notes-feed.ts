import { afterEach, beforeAll, beforeEach } from 'vitest';
import type { FeedTool } from '#lib/feed/documents.ts';
import { TestFeed } from '#tests/feed/support/test-feed.ts';
import { approved, fixtureCommand, liveTools, SERVER } from './session.ts';

export const NOTES = fixtureCommand('notes');

/** The tools of the notes server, read once a file, and a feed of its own for each test. Bindings are live. */
export let tools: FeedTool[];
export let feed: TestFeed;

export const only = (...names: string[]) => tools.filter(({ name }) => names.includes(name));

/** Publishes a feed in which the notes server may use these tools. */
export const publish = (allow: FeedTool[], content = {}) =>
  feed.publish({ servers: [{ name: SERVER, versions: [approved(NOTES, allow)] }], ...content });

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Call at the top of a test file. */
export function notesFeed(): void {
  beforeAll(async () => {
    tools = await liveTools(NOTES);
  });
  beforeEach(async () => {
    feed = await new TestFeed().start();
  });
  afterEach(() => feed.stop());
}
