import type { Rule } from '../types.ts';

export const HIDDEN_MESSAGE: Rule = {
  id: 'text.hidden-message',
  class: 'accusation',
  severity: 'critical',
  confidence: 'certain',
  title: 'A message written in invisible characters',
  finds: 'Runs of tag characters, variation selectors or zero-width characters that decode to text.',
  matters:
    'A model reads these characters; a person who reviews the text does not see them. There is no honest use of a sentence that only the model can read.',
  remediation: 'Remove the invisible characters. Write what the model needs to know in visible text.',
  references: { owaspMcp: ['MCP03'], safeMcp: ['SAFE-T1402'], cwe: ['CWE-451', 'CWE-1007'] },
};

export const HIDDEN_UNICODE: Rule = {
  id: 'text.hidden-unicode',
  class: 'accusation',
  severity: 'medium',
  confidence: 'firm',
  title: 'Invisible or direction-changing characters',
  finds:
    'Zero-width characters, bidirectional controls and variation selectors where the script or emoji around them does not need them.',
  matters:
    'They let a text look different from what a model reads: they split words that a filter would find, and reorder what a person sees.',
  remediation:
    'Remove the characters named in the finding. They often come from copying out of a web page or a word processor.',
  references: { owaspMcp: ['MCP03'], safeMcp: ['SAFE-T1402'], cwe: ['CWE-451', 'CWE-1007'] },
};

export const ANSI_CONTROL: Rule = {
  id: 'text.ansi-control',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Terminal control characters',
  finds: 'ANSI escape sequences and other control characters besides tab and line breaks.',
  matters: 'A terminal obeys them: they can hide, overwrite or recolour what a person is shown before saying yes.',
  remediation: 'Remove the control characters. Colour and cursor movement have no place in a definition.',
  references: { owaspMcp: ['MCP03'], safeMcp: ['SAFE-T1402'], cwe: ['CWE-150'] },
};

export const MIXED_SCRIPT: Rule = {
  id: 'name.mixed-script',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Letters that imitate Latin letters',
  finds: 'A name or word in which letters of another script stand where look-alike Latin letters are expected.',
  matters:
    'Two names that look the same are different for a program: one tool can pass for another, and a filter can be avoided.',
  remediation: 'Write the name in one script.',
  references: { owaspMcp: ['MCP03', 'MCP09'], safeMcp: ['SAFE-T1004'], cwe: ['CWE-1007'] },
};

export const RULES: readonly Rule[] = [HIDDEN_MESSAGE, HIDDEN_UNICODE, ANSI_CONTROL, MIXED_SCRIPT];
