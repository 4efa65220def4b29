import type { Rule } from '../types.ts';

export const COMMAND_INJECTION: Rule = {
  id: 'code.command-injection',
  class: 'hygiene',
  severity: 'high',
  confidence: 'firm',
  title: 'Tool argument reaches a shell',
  finds:
    'Arguments of a tool that are put into the text of a shell command, or decide which program is started, without a check on the way. Tools that say they run commands are reported as a capability.',
  matters:
    'Text such as `; curl … | sh` in an argument, perhaps from a web page the model has read, runs as a command.',
  remediation: 'Start the program with a list of arguments and without a shell, or accept only known values.',
  references: { owaspMcp: ['MCP05'], safeMcp: ['SAFE-T1101'], cwe: ['CWE-78'] },
};

export const CODE_INJECTION: Rule = {
  id: 'code.code-injection',
  class: 'hygiene',
  severity: 'high',
  confidence: 'firm',
  title: 'Tool argument is run as code',
  finds:
    'Arguments of a tool that reach eval, new Function, vm, exec, pickle or the like without a check on the way. Tools that say they run code are reported as a capability.',
  matters: 'A calculator that evaluates its input runs any program written into it.',
  remediation: 'Parse the input with a parser made for it; load data with a format that holds no code.',
  references: { owaspMcp: ['MCP05'], safeMcp: ['SAFE-T1101'], cwe: ['CWE-94', 'CWE-95', 'CWE-502'] },
};

export const PATH_TRAVERSAL: Rule = {
  id: 'code.path-traversal',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'firm',
  title: 'Tool argument leads out of a directory',
  finds:
    'Arguments of a tool that become part of a path below a directory, without a check that the result stays there. Tools that take any path by name are reported as a capability.',
  matters: 'A name such as `../../.ssh/id_rsa` reaches files that the tool was never meant to touch.',
  remediation: 'Resolve the path, links included, and compare it with the directory; or accept a plain file name only.',
  references: { owaspMcp: ['MCP05'], safeMcp: ['SAFE-T1105'], cwe: ['CWE-22'] },
};

export const SSRF: Rule = {
  id: 'code.ssrf',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'firm',
  title: 'Tool argument decides the host',
  finds:
    'Arguments of a tool that are put into the host of an address, or used as an address under another name, without a check. Tools that take an address and say so are reported as a capability.',
  matters: 'The server can be made to ask services of the internal network, or to send its credentials elsewhere.',
  remediation: 'Take the host from a list; refuse private addresses after resolving the name.',
  references: { owaspMcp: ['MCP05'], cwe: ['CWE-918'] },
};

export const SQL_INJECTION: Rule = {
  id: 'code.sql-injection',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'firm',
  title: 'Tool argument becomes SQL',
  finds: 'Arguments of a tool that are put into the text of an SQL statement instead of being given beside it.',
  matters: 'An argument can end the statement and begin another, past every limit that the tool meant to keep.',
  remediation: 'Use parameters of the statement; check names of tables and columns against those that exist.',
  references: { owaspMcp: ['MCP05'], cwe: ['CWE-89'] },
};

export const SECRETS_SENT: Rule = {
  id: 'code.secrets-sent-out',
  class: 'accusation',
  severity: 'critical',
  confidence: 'firm',
  title: 'Sends secrets away',
  finds:
    'Code that sends the whole environment, files of keys or passwords, secrets of several owners, or somebody else’s secret to a host that nothing names.',
  matters:
    'This is what stealing credentials looks like; an honest client sends one secret, to the host it belongs to.',
  remediation: 'Send only the credential that the host itself gave out.',
  references: {
    owaspMcp: ['MCP01', 'MCP10'],
    safeMcp: ['SAFE-T1502', 'SAFE-T1503', 'SAFE-T1913'],
    cwe: ['CWE-506', 'CWE-200'],
  },
};

export const ENVIRONMENT_HARVEST: Rule = {
  id: 'code.environment-harvest',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'tentative',
  title: 'Searches the environment for secrets',
  finds: 'Code that goes through all environment variables and picks those whose names sound like secrets.',
  matters:
    'A server needs the variables that it knows by name. Picking by sound also serves to hide secrets from logs.',
  remediation: 'Read variables by their names. If this hides secrets from logs, say so in an answer to this finding.',
  references: { owaspMcp: ['MCP01'], safeMcp: ['SAFE-T1503'], cwe: ['CWE-526'] },
};

export const BEACON: Rule = {
  id: 'code.beacon',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Reports to a hidden host',
  finds:
    'Requests that carry the name of the machine or its user, or what a tool was given, to a host that neither package, README nor tools name: at the start, beside a tool’s work, or to a place that catches whatever is sent.',
  matters: 'Somebody learns where the server runs and what it is asked, and nobody was told.',
  remediation: 'Name the host and what is sent to it in the README, and ask before sending; or remove the request.',
  references: { owaspMcp: ['MCP10'], safeMcp: ['SAFE-T1901', 'SAFE-T1911'], cwe: ['CWE-506', 'CWE-359'] },
};

export const UNDISCLOSED_HOST: Rule = {
  id: 'code.undisclosed-host',
  class: 'hygiene',
  severity: 'low',
  confidence: 'tentative',
  title: 'Contacts a host that nothing names',
  finds:
    'Requests to a fixed host that neither package, README nor tools name, made at the start or beside a tool’s work. Medium for addresses without a name and places that catch whatever is sent.',
  matters: 'Usually it is telemetry or a look for updates; people who allow the server should know of it.',
  remediation: 'Name the host in the README and say what it is asked for.',
  references: { owaspMcp: ['MCP08'], safeMcp: ['SAFE-T1901'], cwe: ['CWE-359'] },
};

export const HIDDEN_CODE: Rule = {
  id: 'code.hidden-code',
  class: 'accusation',
  severity: 'critical',
  confidence: 'firm',
  title: 'Runs code that is hidden in a constant',
  finds:
    'Code, commands, module names or addresses that are decoded from base64, hex, character codes or packed text and then run or contacted.',
  matters: 'Nobody who reads the package sees what it does. Compressed bundles do not do this.',
  remediation: 'Publish the code as code.',
  references: { owaspMcp: ['MCP04'], safeMcp: ['SAFE-T1405', 'SAFE-T1203'], cwe: ['CWE-506', 'CWE-94'] },
};

export const OBFUSCATED: Rule = {
  id: 'code.obfuscated',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'firm',
  title: 'Made unreadable on purpose',
  finds:
    'Files with the marks of an obfuscator: names such as `_0x3f2a`, texts written as escapes, programs of brackets alone.',
  matters: 'What was hidden from people is hidden from this scan too. Minified bundles do not count.',
  remediation: 'Publish readable or plainly minified code.',
  references: { owaspMcp: ['MCP04'], safeMcp: ['SAFE-T1405'], cwe: ['CWE-1104'] },
};

export const INSTALL_SCRIPT: Rule = {
  id: 'code.install-script',
  class: 'hygiene',
  severity: 'low',
  confidence: 'certain',
  title: 'What runs during installation',
  finds:
    'Scripts preinstall, install and postinstall of package.json, and setup.py files that start programs or use the network. Medium when the script downloads or runs inline code, high when it hands a download to a shell.',
  matters: 'The script runs with the rights of whoever installs, before anybody could look at the server.',
  remediation: 'Do the work at build time and publish the result; or say in the README what the script does.',
  references: { owaspMcp: ['MCP04'], safeMcp: ['SAFE-T1002'], cwe: ['CWE-829', 'CWE-494'] },
};

export const REMOTE_CODE: Rule = {
  id: 'code.remote-code',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Runs code from a fixed host',
  finds:
    'Code or commands that a fixed host answers with and that are run at once, by eval, a shell or an import; `curl … | sh` from a host that nothing names.',
  matters: 'What runs is decided on that host, after every scan and every review.',
  remediation: 'Ship the code in the package, or check what was fetched against a digest in the package.',
  references: { owaspMcp: ['MCP04', 'MCP05'], safeMcp: ['SAFE-T1203', 'SAFE-T1207'], cwe: ['CWE-494', 'CWE-829'] },
};

export const SENSITIVE_FILES: Rule = {
  id: 'code.sensitive-files',
  class: 'accusation',
  severity: 'medium',
  confidence: 'tentative',
  title: 'Reads files of secrets without a reason',
  finds:
    'Code that reads private keys, stored passwords, cookies of browsers or wallets, where neither the package’s subject nor its README speaks of them.',
  matters: 'A server has no business with secrets it never mentions.',
  remediation: 'Say in the README which file is read and what for.',
  references: { owaspMcp: ['MCP01', 'MCP10'], safeMcp: ['SAFE-T1502'], cwe: ['CWE-506', 'CWE-522'] },
};

export const PERSISTENCE: Rule = {
  id: 'code.persistence',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Settles in without being asked',
  finds:
    'Writing to files that start something by themselves (shell profiles, cron, autostart, git hooks, authorized_keys, .pth) during installation, at the start or by a tool; and to the configuration of other clients during installation or at the start.',
  matters: 'What was written runs again after the server is removed.',
  remediation: 'Leave such files to the user, or write them in a command that the user calls by name.',
  references: { owaspMcp: ['MCP04'], safeMcp: ['SAFE-T1206', 'SAFE-T1205'], cwe: ['CWE-506'] },
};

export const HIDDEN_RECIPIENT: Rule = {
  id: 'code.hidden-recipient',
  class: 'accusation',
  severity: 'critical',
  confidence: 'firm',
  title: 'Copies messages to a hidden recipient',
  finds: 'A blind copy to a fixed mailbox that neither package, README nor tools name.',
  matters: 'Every message that an agent sends is read by somebody else; a package on npm did this for weeks.',
  remediation: 'Remove the recipient, or let the user configure it.',
  references: { owaspMcp: ['MCP10'], safeMcp: ['SAFE-T1913', 'SAFE-T1207'], cwe: ['CWE-506', 'CWE-359'] },
};

export const REVERSE_SHELL_RULE: Rule = {
  id: 'code.reverse-shell',
  class: 'accusation',
  severity: 'critical',
  confidence: 'firm',
  title: 'Hands a shell to another machine',
  finds: 'A program’s input and output connected to a network socket, and commands such as `bash -i >& /dev/tcp/…`.',
  matters: 'Whoever listens there works on this machine as if sitting at it.',
  remediation: 'Remove it.',
  references: { owaspMcp: ['MCP04', 'MCP05'], safeMcp: ['SAFE-T1203', 'SAFE-T1901'], cwe: ['CWE-506'] },
};

const FACT = { owaspMcp: ['MCP02'], safeMcp: ['SAFE-T1104'], cwe: ['CWE-250'] };

export const RUNS_PROGRAMS: Rule = {
  id: 'code.runs-programs',
  class: 'capability',
  severity: 'medium',
  confidence: 'firm',
  title: 'Starts programs',
  finds: 'Calls that start another program, with its name where it is fixed. High where a model decides what is run.',
  matters: 'Another program does what this scan has not read.',
  remediation: 'Run the server in a container that holds only the programs it needs.',
  references: FACT,
};

export const ANY_PATH: Rule = {
  id: 'code.any-path',
  class: 'capability',
  severity: 'medium',
  confidence: 'firm',
  title: 'Opens any file that is named',
  finds: 'Files that are read or written at a path a model gives, with no check that could be seen.',
  matters: 'The server reaches whatever its account reaches: keys, settings, other projects.',
  remediation: 'Run the server where only the files it needs are visible.',
  references: { ...FACT, cwe: ['CWE-552'] },
};

export const ANY_ADDRESS: Rule = {
  id: 'code.any-address',
  class: 'capability',
  severity: 'medium',
  confidence: 'firm',
  title: 'Asks any address that is named',
  finds: 'Requests to an address a model gives, with no check of the host that could be seen.',
  matters: 'Services of the internal network and of the machine itself are reached too.',
  remediation: 'Run the server where only the hosts it needs are reachable.',
  references: { ...FACT, cwe: ['CWE-918'] },
};

export const CONTACTS: Rule = {
  id: 'code.contacts',
  class: 'capability',
  severity: 'info',
  confidence: 'firm',
  title: 'Contacts hosts',
  finds: 'Hosts that the code asks by name.',
  matters: 'They learn what is asked; a firewall needs to let them through, and no others.',
  remediation: 'Allow these hosts and no others.',
  references: { owaspMcp: ['MCP10'], cwe: ['CWE-200'] },
};

export const WRITES_FILES: Rule = {
  id: 'code.writes-files',
  class: 'capability',
  severity: 'low',
  confidence: 'firm',
  title: 'Writes files',
  finds: 'Calls that create, change or delete files.',
  matters: 'Part of what the server does stays on the machine.',
  remediation: 'Give the server a directory of its own.',
  references: FACT,
};

export const READS_ENVIRONMENT: Rule = {
  id: 'code.reads-environment',
  class: 'capability',
  severity: 'info',
  confidence: 'firm',
  title: 'Reads secrets from the environment',
  finds:
    'Environment variables that the code reads by name, the name sounds like a secret, and the manifest does not ask for.',
  matters: 'The server uses these when they happen to be set, whoever set them.',
  remediation: 'List the variables in the manifest, and set only those that are needed.',
  references: { owaspMcp: ['MCP01'], safeMcp: ['SAFE-T1503'], cwe: ['CWE-526'] },
};

export const CHANGES_PROGRAMS: Rule = {
  id: 'code.changes-programs',
  class: 'capability',
  severity: 'medium',
  confidence: 'firm',
  title: 'Changes the settings of other programs',
  finds: 'Code that can write shell profiles, autostart entries, or the configuration of MCP clients and editors.',
  matters: 'Set-up commands do this; what is written stays when the server is removed.',
  remediation: 'Look at such files after running a set-up command.',
  references: { owaspMcp: ['MCP02'], safeMcp: ['SAFE-T1205'], cwe: ['CWE-732'] },
};

export const NOT_READ: Rule = {
  id: 'scan.code-not-read',
  class: 'hygiene',
  severity: 'info',
  confidence: 'certain',
  title: 'Code not read to the end',
  finds: 'Files of the package that were left out: too large, too many, not to be parsed, or native.',
  matters: 'Whatever they do has not been looked at.',
  remediation: 'Publish code in files that can be read; leave out what the server does not need.',
  references: { cwe: ['CWE-400'] },
};

export const RULES: readonly Rule[] = [
  COMMAND_INJECTION,
  CODE_INJECTION,
  PATH_TRAVERSAL,
  SSRF,
  SQL_INJECTION,
  SECRETS_SENT,
  ENVIRONMENT_HARVEST,
  BEACON,
  UNDISCLOSED_HOST,
  HIDDEN_CODE,
  OBFUSCATED,
  INSTALL_SCRIPT,
  REMOTE_CODE,
  SENSITIVE_FILES,
  PERSISTENCE,
  HIDDEN_RECIPIENT,
  REVERSE_SHELL_RULE,
  RUNS_PROGRAMS,
  ANY_PATH,
  ANY_ADDRESS,
  CONTACTS,
  WRITES_FILES,
  READS_ENVIRONMENT,
  CHANGES_PROGRAMS,
  NOT_READ,
];
