import type { Rule } from '../types.ts';

const POWER = { owaspMcp: ['MCP02', 'MCP05'], safeMcp: ['SAFE-T1104', 'SAFE-T1302'], cwe: ['CWE-250'] };
const ESCAPE = { owaspMcp: ['MCP02'], safeMcp: ['SAFE-T1303'], cwe: ['CWE-250', 'CWE-732'] };

export const SHELL: Rule = {
  id: 'cap.shell',
  class: 'capability',
  severity: 'high',
  confidence: 'firm',
  title: 'Runs shell commands',
  finds: 'Tools that take a command line and run it.',
  matters: 'Whoever steers the model steers the machine, with the rights of the server.',
  remediation: 'Allow this tool only where it is needed, in a container or under an account without rights.',
  references: POWER,
};

export const CODE: Rule = {
  id: 'cap.code',
  class: 'capability',
  severity: 'high',
  confidence: 'firm',
  title: 'Runs code',
  finds: 'Tools that take source code or a script and run it.',
  matters: 'Code given by a model can do whatever its runtime allows.',
  remediation: 'Run it in a sandbox without network and secrets.',
  references: POWER,
};

export const SQL: Rule = {
  id: 'cap.sql',
  class: 'capability',
  severity: 'medium',
  confidence: 'firm',
  title: 'Runs SQL as given',
  finds: 'Tools that take a statement and run it on a database.',
  matters: 'The statement can read and change whatever the database account may.',
  remediation: 'Use an account with the fewest rights, read only where that is enough.',
  references: POWER,
};

export const FS_ROOT: Rule = {
  id: 'cap.fs-root',
  class: 'capability',
  severity: 'high',
  confidence: 'certain',
  title: 'Mounts the root or a home directory',
  finds: 'Volume arguments whose host side is /, a home directory or a system directory.',
  matters: 'The container sees keys, tokens and everything else of the machine or the user.',
  remediation: 'Mount the one directory that is needed, read only where that is enough.',
  references: ESCAPE,
};

export const DOCKER_SOCKET: Rule = {
  id: 'cap.docker-socket',
  class: 'capability',
  severity: 'high',
  confidence: 'certain',
  title: 'Controls the container engine',
  finds: 'Volume arguments that mount the socket of Docker, Podman or containerd.',
  matters: 'Whoever talks to that socket is root on the machine.',
  remediation: 'Use a socket proxy that allows only the calls needed.',
  references: ESCAPE,
};

export const PRIVILEGED: Rule = {
  id: 'cap.privileged',
  class: 'capability',
  severity: 'high',
  confidence: 'certain',
  title: 'Runs as a privileged container',
  finds: '--privileged, --cap-add of broad capabilities, and namespaces shared with the host.',
  matters: 'The walls of the container are gone.',
  remediation: 'Drop the flag; add the single capability that is needed.',
  references: ESCAPE,
};

export const HOST_NETWORK: Rule = {
  id: 'cap.host-network',
  class: 'capability',
  severity: 'medium',
  confidence: 'certain',
  title: 'Shares the network of the host',
  finds: '--network host.',
  matters: 'The container reaches services that listen on localhost only.',
  remediation: 'Publish the ports that are needed.',
  references: ESCAPE,
};

export const RULES: readonly Rule[] = [SHELL, CODE, SQL, FS_ROOT, DOCKER_SOCKET, PRIVILEGED, HOST_NETWORK];
