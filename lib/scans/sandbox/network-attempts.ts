import { readFileSync } from 'node:fs';

/** What a process of a network namespace without a way out tried: counted by the kernel, so nothing is missed. */
export type NetworkAttempts = {
  /** Connections and datagrams to addresses outside: refused, because there is no route. */
  unrouted: number;
  /** Datagrams to the namespace's own loopback. There is no resolver: these are mostly look-ups of names. */
  datagrams: number;
};

/**
 * The counters of the network namespace of a process (proc_pid_net(5), RFC 4293 ipSystemStatsOutNoRoutes, RFC 4113
 * udpOutDatagrams); null where they cannot be read, e.g. because the process is gone.
 */
export function readNetworkAttempts(pid: number): NetworkAttempts | null {
  try {
    const four = tableOf(readFileSync(`/proc/${pid}/net/snmp`, 'latin1'));
    const six = pairsOf(readFileSync(`/proc/${pid}/net/snmp6`, 'latin1'));
    const noRoute = four.get('Ip.OutNoRoutes');
    if (noRoute === undefined) return null;
    return {
      unrouted: noRoute + (six.get('Ip6OutNoRoutes') ?? 0),
      datagrams: (four.get('Udp.OutDatagrams') ?? 0) + (six.get('Udp6OutDatagrams') ?? 0),
    };
  } catch {
    return null;
  }
}

/** Two lines a protocol: names, then numbers. */
function tableOf(text: string): Map<string, number> {
  const lines = text.split('\n').map((line) => line.split(' '));
  const found = new Map<string, number>();
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [names = [], values = []] = [lines[i], lines[i + 1]];
    const protocol = (names[0] ?? '').replace(':', '');
    for (const [at, name] of names.entries()) if (at > 0) found.set(`${protocol}.${name}`, Number(values[at]));
  }
  return found;
}

function pairsOf(text: string): Map<string, number> {
  return new Map(
    text.split('\n').map((line): [string, number] => {
      const [name = '', value] = line.split(/\s+/);
      return [name, Number(value ?? 0)];
    }),
  );
}
