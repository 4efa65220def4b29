import { escapePointerToken } from '../text/pointer.ts';
import { shown } from '../text/scan-text.ts';
import type { RawFinding, Rule, Scanner } from '../types.ts';
import { destructiveFindings } from './destructive.ts';
import { EXAMPLES } from './examples.ts';
import { grantFindings } from './grants.ts';
import type { RuntimeFlag } from './mounts.ts';
import { holdsCredentials, isBroad, isEngineSocket, mountsOf, runtimeFlags } from './mounts.ts';
import { CODE, DOCKER_SOCKET, FS_ROOT, HOST_NETWORK, PRIVILEGED, RULES, SECRET_MOUNT, SHELL, SQL } from './rules.ts';
import type { Power } from './tool-powers.ts';
import { powerOf } from './tool-powers.ts';
import { unusedSecrets } from './unused-secrets.ts';

const RULE_OF_POWER: Record<Power, Rule> = { shell: SHELL, code: CODE, sql: SQL };

/** States what power a server has over the machine it runs on. Facts, never accusations: honest servers have power too. */
export const capabilities: Scanner = {
  id: 'capabilities',
  rules: RULES,
  examples: EXAMPLES,
  scan: ({ manifest, definitions }) => {
    const flags = manifest === null ? [] : runtimeFlags(manifest);
    return [
      ...(definitions.tools ?? []).flatMap((tool): RawFinding[] => {
        const power = powerOf(tool);
        if (power === null) return [];
        const rule = RULE_OF_POWER[power];
        return [
          {
            ruleId: rule.id,
            message: `${shown(tool.name)}: ${rule.title.toLowerCase().replace('sql', 'SQL')}.`,
            location: { document: 'tools.json', pointer: `/${escapePointerToken(tool.name)}`, subject: tool.name },
            evidence: { excerpt: shown(tool.name), start: 0, end: shown(tool.name).length },
          },
        ];
      }),
      ...mountsOf(flags).flatMap((mount): RawFinding[] => {
        if (isEngineSocket(mount)) return [manifestFact(DOCKER_SOCKET, mount)];
        if (holdsCredentials(mount)) return [manifestFact(SECRET_MOUNT, mount)];
        return isBroad(mount) ? [manifestFact(FS_ROOT, mount)] : [];
      }),
      ...flags.flatMap(flagFindings),
      ...(definitions.tools ?? []).flatMap(destructiveFindings),
      ...(manifest === null ? [] : [...grantFindings(manifest), ...unusedSecrets(manifest, definitions)]),
    ];
  },
};

const BROAD_CAPABILITY =
  /^(?:ALL|(?:CAP_)?(?:SYS_ADMIN|SYS_PTRACE|SYS_MODULE|NET_ADMIN|DAC_READ_SEARCH|SYS_RAWIO|BPF))$/i;

function flagFindings(flag: RuntimeFlag): RawFinding[] {
  const { name, value } = flag;
  if (/^--net(?:work)?$/.test(name) && value === 'host') return [manifestFact(HOST_NETWORK, flag)];
  const isPrivileged =
    (name === '--privileged' && value !== 'false') ||
    (name === '--cap-add' && BROAD_CAPABILITY.test(value)) ||
    (/^--(?:pid|ipc|userns|uts)$/.test(name) && value === 'host') ||
    (name === '--security-opt' && /unconfined/.test(value));
  return isPrivileged ? [manifestFact(PRIVILEGED, flag)] : [];
}

const manifestFact = (rule: Rule, { text, pointer }: { text: string; pointer: string }): RawFinding => ({
  ruleId: rule.id,
  message: `${rule.title}: ${shown(text)}.`,
  location: { document: 'server.json', pointer },
  evidence: { excerpt: text, start: 0, end: text.length },
});
