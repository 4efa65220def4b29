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

export const SECRET_MOUNT: Rule = {
  id: 'cap.secret-mount',
  class: 'capability',
  severity: 'high',
  confidence: 'certain',
  title: 'Mounts a directory of credentials',
  finds:
    'Volume arguments whose host side is a place where keys and tokens are kept: ~/.ssh, ~/.aws, ~/.kube, ~/.gnupg and the like.',
  matters: 'Every key in there is the container’s, also those that have nothing to do with it.',
  remediation: 'Give the one secret that is needed, as a variable or a single file.',
  references: { owaspMcp: ['MCP01', 'MCP02'], safeMcp: ['SAFE-T1303'], cwe: ['CWE-522', 'CWE-732'] },
};

export const WILDCARD_SCOPE: Rule = {
  id: 'cap.wildcard-scope',
  class: 'capability',
  severity: 'medium',
  confidence: 'firm',
  title: 'Asks for every right',
  finds: 'OAuth scopes set by the manifest that stand for everything: a wildcard, admin, full access, a whole account.',
  matters: 'Whoever steers the server may do with the account what its owner may.',
  remediation: 'Name the scopes that the tools need.',
  references: { owaspMcp: ['MCP02'], safeMcp: ['SAFE-T1104'], cwe: ['CWE-250', 'CWE-272'] },
};

export const WILDCARD_HOST: Rule = {
  id: 'cap.wildcard-host',
  class: 'capability',
  severity: 'medium',
  confidence: 'firm',
  title: 'Open to every host',
  finds:
    'Lists of allowed hosts or origins that hold a bare *, and servers that the manifest has listen on every address.',
  matters: 'Any web page or any machine of the network can talk to the server.',
  remediation: 'Name the hosts that are needed, and listen on 127.0.0.1.',
  references: { owaspMcp: ['MCP02', 'MCP07'], safeMcp: ['SAFE-T1104'], cwe: ['CWE-942', 'CWE-1327'] },
};

export const ADMIN_SECRET: Rule = {
  id: 'cap.admin-secret',
  class: 'capability',
  severity: 'medium',
  confidence: 'firm',
  title: 'Asks for a secret of an administrator',
  finds:
    'Variables, headers and arguments named as a token, key or password of an administrator, of root, or of a service role.',
  matters: 'Such a secret opens far more than the tools of one server need.',
  remediation: 'Take a token with the rights of the tools, and ask for that.',
  references: { owaspMcp: ['MCP01', 'MCP02'], safeMcp: ['SAFE-T1104'], cwe: ['CWE-250'] },
};

export const UNUSED_SECRET: Rule = {
  id: 'cap.unused-secret',
  class: 'capability',
  severity: 'info',
  confidence: 'tentative',
  title: 'Asks for a secret that no tool speaks of',
  finds: 'Secrets of a named service that appears neither in the manifest nor in any tool.',
  matters: 'A secret that is not needed is one more that can be lost.',
  remediation: 'Say in a description what the secret is for, or do not ask for it.',
  references: { owaspMcp: ['MCP01', 'MCP02'], safeMcp: ['SAFE-T1104'], cwe: ['CWE-272'] },
};

export const DESTRUCTIVE_UNMARKED: Rule = {
  id: 'cap.destructive-unmarked',
  class: 'capability',
  severity: 'info',
  confidence: 'firm',
  title: 'Takes something away without saying so in its annotations',
  finds: 'Tools named delete, drop, purge and the like without destructiveHint. Low where destructiveHint is false.',
  matters: 'Clients ask the user before tools that are marked as destructive; some ask only before these.',
  remediation: 'Set destructiveHint to true.',
  references: { owaspMcp: ['MCP02'], safeMcp: ['SAFE-T1104'], cwe: ['CWE-451'] },
};

export const RULES: readonly Rule[] = [
  SHELL,
  CODE,
  SQL,
  FS_ROOT,
  SECRET_MOUNT,
  DOCKER_SOCKET,
  PRIVILEGED,
  HOST_NETWORK,
  WILDCARD_SCOPE,
  WILDCARD_HOST,
  ADMIN_SECRET,
  UNUSED_SECRET,
  DESTRUCTIVE_UNMARKED,
];
