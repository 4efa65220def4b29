import type { Manifest } from '#lib/manifest/types.ts';

/** A directory or file of the host that a container sees. */
export type Mount = { host: string; isReadOnly: boolean; pointer: string; text: string };

/** A runtime flag with its value, whether written as one argument or two. */
export type RuntimeFlag = { name: string; value: string; pointer: string; text: string };

/** The runtime arguments of all packages as flags: `--name value`, `--name=value` and a positional `--name=value`. */
export function runtimeFlags(manifest: Manifest): RuntimeFlag[] {
  return (manifest.packages ?? []).flatMap((pkg, p) => {
    const flags: RuntimeFlag[] = [];
    for (const [i, argument] of (pkg.runtimeArguments ?? []).entries()) {
      const pointer = `/packages/${p}/runtimeArguments/${i}`;
      const value = argument.value ?? argument.default ?? '';
      if (argument.type === 'named') {
        const [name = '', inline] = argument.name.split('=', 2);
        const given = inline ?? value;
        flags.push({ name, value: given, pointer, text: given === '' ? name : `${name} ${given}` });
        continue;
      }
      const [name = '', inline] = value.split('=', 2);
      if (value.startsWith('-')) {
        flags.push({ name, value: inline ?? '', pointer, text: value });
        continue;
      }
      const previous = flags.at(-1);
      if (previous !== undefined && previous.value === '')
        Object.assign(previous, { value, text: `${previous.name} ${value}` });
    }
    return flags;
  });
}

/** The bind mounts among the flags: `-v host:inside[:ro]` and `--mount type=bind,src=host,dst=inside[,readonly]`. */
export function mountsOf(flags: readonly RuntimeFlag[]): Mount[] {
  return flags.flatMap(({ name, value, pointer, text }) => {
    if (name === '-v' || name === '--volume') {
      // A host side without a path is a volume that the engine keeps, not a directory of the host.
      const match = /^((?:[A-Za-z]:)?(?=[^:]*[/\\~$%{])[^:]{1,300}):([^:]{1,300})(?::([\w,]{1,40}))?$/.exec(value);
      if (match === null) return [];
      return [{ host: match[1] as string, isReadOnly: /\bro\b/.test(match[3] ?? ''), pointer, text }];
    }
    if (name !== '--mount') return [];
    const host = /(?:^|,)(?:source|src)=([^,]{1,300})/.exec(value)?.[1];
    return host === undefined ? [] : [{ host, isReadOnly: /(?:^|,)(?:readonly|ro)\b/.test(value), pointer, text }];
  });
}

const SOCKET = /(?:docker|podman|containerd)\.sock$|^\\\\\.\\pipe\\docker/;
const BROAD =
  /^(?:\/|~\/?|\$HOME\/?|\$\{HOME\}\/?|\$\{?env:HOME\}?\/?|%USERPROFILE%\\?|\/home(?:\/[^/]{1,60})?\/?|\/Users(?:\/[^/]{1,60})?\/?|\/root\/?|\/etc\/?|\/var\/?|\/usr\/?|\/proc\/?|\/sys\/?|[A-Za-z]:[\\/]?(?:Users[\\/]?(?:[^\\/]{1,60})?[\\/]?)?)$/;

/** Where programs keep keys and tokens, below a home directory. */
const CREDENTIALS =
  /^(?:~|\$HOME|\$\{HOME\}|\$\{?env:HOME\}?|%USERPROFILE%|\/root|\/home\/[^/]{1,60}|\/Users\/[^/]{1,60}|[A-Za-z]:[\\/]Users[\\/][^\\/]{1,60})[\\/]\.(?:ssh|aws|azure|kube|gnupg|docker|netrc|npmrc|pypirc|git-credentials|password-store|config[\\/](?:gcloud|gh|op))(?:[\\/].{0,100})?$/;

export const isEngineSocket = ({ host }: Mount): boolean => SOCKET.test(host);

/** The root, a home directory or a directory of the system. */
export const isBroad = ({ host }: Mount): boolean => BROAD.test(host);

export const holdsCredentials = ({ host }: Mount): boolean => CREDENTIALS.test(host);
