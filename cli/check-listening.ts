import net from 'node:net';
import { type Config, ConfigError } from '#lib/config/config.ts';

type Place = Pick<Config, 'HOST' | 'PORT'>;

/** Why nothing can listen on HOST and PORT now, or null. Asked before a database is made for a server that cannot start. */
export function checkListening({ HOST, PORT }: Place): Promise<ConfigError | null> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error) => resolve(listenFault(error, { HOST, PORT })));
    server.listen(PORT, HOST, () => server.close(() => resolve(null)));
  });
}

/** What an error of `listen` says about the configuration. */
export function listenFault(error: NodeJS.ErrnoException, { HOST, PORT }: Place): ConfigError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ConfigError(
        `PORT ${PORT} is in use on ${HOST}. Stop what listens there or choose another one, e.g. PORT=${PORT < 65_535 ? PORT + 1 : 3000}.`,
      );
    case 'EACCES':
      return new ConfigError(`PORT ${PORT} may not be used by this user. Choose one from 1024 on, e.g. PORT=3000.`);
    case 'EADDRNOTAVAIL':
      return new ConfigError(`HOST ${HOST} is no address of this machine. It is e.g. 127.0.0.1 or 0.0.0.0.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new ConfigError(
        `HOST ${HOST} does not resolve to an address (${error.code}). It is e.g. 127.0.0.1 or 0.0.0.0.`,
      );
    default:
      return new ConfigError(`HOST ${HOST} and PORT ${PORT} cannot be used: ${error.message}.`);
  }
}
