import { Socket } from 'node:net';

/** Code of the error for a connection that was refused before it was tried. */
export const CONNECT_REFUSED = 'ECONNECTNOTALLOWED';

/**
 * Lets this process connect to the given origins (scheme, host, port) only; every other connection fails with
 * `CONNECT_REFUSED` before a name is resolved. For the installing process: what a package names (tarball URLs,
 * shrinkwrap files, redirects) cannot make it contact another host, whichever library makes the call.
 */
export function allowConnectionsTo(origins: readonly string[]): void {
  const allowed = new Set(origins.map(endpoint));
  const original = Socket.prototype.connect;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    const target = connectTarget(args);
    if (target !== null && allowed.has(target)) return Reflect.apply(original, this, args);
    const message = `A connection to ${target ?? 'an address other than the registry'} is not allowed.`;
    process.nextTick(() => this.destroy(Object.assign(new Error(message), { code: CONNECT_REFUSED })));
    return this;
  } as typeof original;
}

function endpoint(origin: string): string {
  const { hostname, port, protocol } = new URL(origin);
  return `${unbracketed(hostname)}:${port || (protocol === 'http:' ? '80' : '443')}`;
}

/** Host and port of a call of `socket.connect`, whose arguments Node may already have put into one array. */
function connectTarget(args: unknown[]): string | null {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === 'object' && first !== null) {
    const { host, port, path } = first as { host?: unknown; port?: unknown; path?: unknown };
    if (path && !port) return null;
    return typeof host === 'string' ? `${unbracketed(host)}:${port}` : null;
  }
  return typeof second === 'string' ? `${unbracketed(second)}:${first}` : null;
}

const unbracketed = (host: string) => host.toLowerCase().replace(/^\[|\]$/g, '');
