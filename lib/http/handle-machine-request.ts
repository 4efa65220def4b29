import { handleApi } from './api/handle-api.ts';
import { handleAtom } from './atom/handle-atom.ts';
import { handleFeed } from './feed/handle-feed.ts';
import { handleHealth } from './health.ts';
import { handleDiscovery } from './orgs/handle-discovery.ts';
import { handleExports } from './orgs/handle-exports.ts';
import { handleRegistryView } from './orgs/handle-registry-view.ts';
import { handleRegistry } from './registry/handle-registry.ts';

const HANDLERS = [
  handleHealth,
  handleRegistry,
  handleFeed,
  handleRegistryView,
  handleExports,
  handleDiscovery,
  handleAtom,
  handleApi,
];

/**
 * Every surface that machines read, ahead of the pages: a plain handler answers about ten times as many requests as a
 * route behind Next's router. Null when the path is not one of them.
 */
export async function handleMachineRequest(request: Request): Promise<Response | null> {
  for (const handle of HANDLERS) {
    const response = await handle(request);
    if (response) return response;
  }
  return null;
}

/** For `route files of the app`, where another server than ours runs the app: the same answers behind Next's router. */
export const mountMachineRequest = async (request: Request): Promise<Response> =>
  (await handleMachineRequest(request)) ??
  Response.json(
    { title: 'Not Found', status: 404, detail: 'Nothing is here.', error: 'Nothing is here.' },
    { status: 404 },
  );
