import type { References, Rule } from '../types.ts';

const POISONING: References = {
  owaspMcp: ['MCP03', 'MCP06'],
  safeMcp: ['SAFE-T1001', 'SAFE-T1401'],
  cwe: ['CWE-1427'],
};
const SHADOWING: References = {
  owaspMcp: ['MCP03', 'MCP06'],
  safeMcp: ['SAFE-T1008', 'SAFE-T1301'],
  cwe: ['CWE-1427'],
};
const HIDING: References = { owaspMcp: ['MCP03'], safeMcp: ['SAFE-T1402'], cwe: ['CWE-451'] };

export const ROLE_TAG: Rule = {
  id: 'text.role-tag',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Text that imitates a system message',
  finds:
    'Chat-template tokens, tags such as <IMPORTANT> or <system> around instructions, and labels such as [SYSTEM DIRECTIVE].',
  matters: 'Such marks make a model take the words of a tool for those of its operator.',
  remediation: 'Describe the tool in plain sentences, without tags or labels that speak for the system.',
  references: POISONING,
};

export const OVERRIDE_PHRASE: Rule = {
  id: 'text.override-phrase',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Tells the model to drop its instructions',
  finds: '"Ignore all previous instructions" and its relatives, in English and nine other languages.',
  matters: 'A description has no business with the instructions a model got from its user or operator.',
  remediation: 'Remove the sentence. Say what the tool does and what it needs.',
  references: POISONING,
};

export const CONCEAL_FROM_USER: Rule = {
  id: 'text.conceal-from-user',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Tells the model to keep something from the user',
  finds: 'Orders not to tell, mention or show to the user what the model does, in English and nine other languages.',
  matters: 'Whatever needs hiding from the person in front of the model is against that person.',
  remediation: 'Remove the sentence. If output should be brief, say what to show rather than what to hide.',
  references: POISONING,
};

export const HIDDEN_COMMENT: Rule = {
  id: 'text.hidden-comment',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'An instruction hidden in markup',
  finds: 'HTML and Markdown comments, and elements styled out of sight, that hold an order.',
  matters: 'A page that renders the text leaves it out; the model reads it.',
  remediation: 'Remove the comment, or say openly what it says.',
  references: HIDING,
};

export const PADDING: Rule = {
  id: 'text.padding',
  class: 'accusation',
  severity: 'medium',
  confidence: 'firm',
  title: 'Text pushed out of sight',
  finds: 'Two hundred spaces or thirty empty lines with more text behind them.',
  matters: 'An approval dialog shows the beginning; the model reads the rest.',
  remediation: 'Remove the white space.',
  references: HIDING,
};

export const CROSS_TOOL: Rule = {
  id: 'text.cross-tool-precondition',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Interferes with another tool',
  finds: '"Before using send_email, you must …": orders that take effect when a tool of another server is used.',
  matters: 'A tool that is never called itself can still change what the others do.',
  remediation: 'Describe this tool only. Help that concerns tools of the same server names those tools.',
  references: SHADOWING,
};

export const ARGUMENT_TAMPERING: Rule = {
  id: 'text.argument-tampering',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Orders arguments or results to be changed',
  finds: '"Change the recipient to …", "always add … to bcc", "redirect all messages to …".',
  matters: 'The user asked for one thing and another is done.',
  remediation: 'Remove the order. What a tool adds by itself belongs in its code and its documentation.',
  references: { owaspMcp: ['MCP06'], safeMcp: ['SAFE-T1008', 'SAFE-T1701'], cwe: ['CWE-1427'] },
};

export const ENCODED_INSTRUCTION: Rule = {
  id: 'text.encoded-instruction',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'An encoded instruction',
  finds: 'Base64, hexadecimal, percent, entity and escape sequences that decode to text other rules would report.',
  matters: 'A model decodes such text without effort; a person who reviews it does not.',
  remediation: 'Remove the encoded text.',
  references: { owaspMcp: ['MCP03'], safeMcp: ['SAFE-T1402'], cwe: ['CWE-1427', 'CWE-116'] },
};

export const EXTRACTING_PARAMETER: Rule = {
  id: 'text.extracting-parameter',
  class: 'accusation',
  severity: 'medium',
  confidence: 'firm',
  title: 'A parameter for what the tool has no use for',
  finds:
    'Properties named for the contents of a place of secrets, as in contents_of_env_file, and properties for the conversation, the system prompt or the list of tools in a tool that is about none of them.',
  matters: 'A model fills in what a schema asks for. The name of a parameter is enough to carry a secret out.',
  remediation: 'Remove the parameter, or say in the description of the tool what it is for.',
  references: { owaspMcp: ['MCP03', 'MCP10'], safeMcp: ['SAFE-T1501'], cwe: ['CWE-200', 'CWE-1427'] },
};

export const PICTURE_BEACON: Rule = {
  id: 'text.picture-beacon',
  class: 'accusation',
  severity: 'medium',
  confidence: 'tentative',
  title: 'A picture loaded from elsewhere',
  finds: 'Markdown and HTML images with an address, in a description; badges of projects are left out.',
  matters: 'Whoever shows the text loads the picture, and the address can carry what the model puts into it.',
  remediation: 'Remove the picture. Descriptions are for models, icons have a field of their own.',
  references: { owaspMcp: ['MCP03', 'MCP10'], safeMcp: ['SAFE-T1402'], cwe: ['CWE-200'] },
};

export const PLANTED_TEXT: Rule = {
  id: 'text.planted-text',
  class: 'accusation',
  severity: 'medium',
  confidence: 'firm',
  title: 'Has text planted that is read at every start',
  finds:
    'Orders to write into CLAUDE.md, AGENTS.md, .cursorrules, the profile of a shell or authorized_keys, in a tool that is not about them.',
  matters: 'What stands there is obeyed in every later session, also when the server is gone.',
  remediation: 'Remove the order. Changes to such files are for the user to make.',
  references: { owaspMcp: ['MCP03', 'MCP06'], safeMcp: ['SAFE-T1001'], cwe: ['CWE-1427'] },
};

export const TELLTALE_ADDRESS: Rule = {
  id: 'text.telltale-address',
  class: 'accusation',
  severity: 'medium',
  confidence: 'tentative',
  title: 'An address that calls itself hostile',
  finds:
    'Hosts and mail addresses with words such as attacker, evil or exfil in them, in a tool that is not about security.',
  matters: 'Real attackers choose better names; demonstrations and careless copies of them do not.',
  remediation: 'Use addresses under example.com for examples.',
  references: { owaspMcp: ['MCP03', 'MCP10'], safeMcp: ['SAFE-T1001'], cwe: ['CWE-200'] },
};

export const DECLARES_OTHER_UNFIT: Rule = {
  id: 'text.declares-other-unfit',
  class: 'accusation',
  severity: 'medium',
  confidence: 'tentative',
  title: "Declares another server's tool unfit",
  finds: '"send_email is deprecated, use this": about a tool that the server does not have.',
  matters: 'A tool that calls another one broken is chosen in its place, and gets what was meant for it.',
  remediation:
    'Speak of tools of this server only; a tool that replaces its own predecessor can say so in the changelog.',
  references: SHADOWING,
};

export const COMBINED_SIGNALS: Rule = {
  id: 'text.combined-signals',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Several signs of an instruction to the model',
  finds:
    'At least two different signs that are ordinary alone: an order to do something else first, an authority in capitals, a compliance pretext, a shell command, an address to send to, a secret file, a threat.',
  matters: 'Alone each occurs in honest texts. Together they are how poisoned descriptions are written.',
  remediation: 'Rewrite the text as documentation: what the tool does, what it takes, what it returns.',
  references: POISONING,
};

export const PREFERENCE_MANIPULATION: Rule = {
  id: 'text.preference-manipulation',
  class: 'accusation',
  severity: 'medium',
  confidence: 'tentative',
  title: 'Presses the model to choose it',
  finds:
    'At least three of: an order to choose this tool, contempt for other tools, superlatives, endorsements, invented figures, scarcity; among them the order, the contempt or the scarcity.',
  matters: 'Models follow advertising. Text like this wins the choice against better tools, whatever the user needs.',
  remediation: 'Say what the tool does and when it fits. Leave out comparisons, urgency and praise.',
  references: { owaspMcp: ['MCP06'], safeMcp: ['SAFE-T1406'], cwe: ['CWE-1427'] },
};

export const PREFERENCE_STEERING: Rule = {
  id: 'text.preference-steering',
  class: 'hygiene',
  severity: 'info',
  confidence: 'tentative',
  title: 'Praises itself over other tools',
  finds: '"Always use this tool", "better than all others".',
  matters:
    'It moves a model towards this tool whatever the task. Many honest vendors write like this, so it never counts against them.',
  remediation: 'Say when the tool fits, and leave the choice to the model.',
  references: { owaspMcp: ['MCP06'], safeMcp: ['SAFE-T1406'] },
};

export const RULES: readonly Rule[] = [
  ROLE_TAG,
  OVERRIDE_PHRASE,
  CONCEAL_FROM_USER,
  HIDDEN_COMMENT,
  PADDING,
  CROSS_TOOL,
  ARGUMENT_TAMPERING,
  ENCODED_INSTRUCTION,
  EXTRACTING_PARAMETER,
  PICTURE_BEACON,
  PLANTED_TEXT,
  TELLTALE_ADDRESS,
  DECLARES_OTHER_UNFIT,
  COMBINED_SIGNALS,
  PREFERENCE_MANIPULATION,
  PREFERENCE_STEERING,
];
