import type { ScanText } from '../text/scan-text.ts';
import type { Signal, SignalSpan, SubjectFacts } from './types.ts';

const whole = (text: ScanText): SignalSpan[] => [{ folded: text.latin, start: 0, end: text.latin.text.length }];

/** `contents_of_dot_env`, `contentFromSshIdRsa`: blanks where the writer of a name has none. */
const spelledOut = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

const SECRET_SOURCE =
  /\b(?:ssh|id rsa|id ed25519|private key|rsa key|pem|etc(?: slash)? (?:passwd|shadow)|passwd|shadow|dot env|env(?:ironment)? (?:file|vars?|variables)|env|bashrc|zshrc|(?:bash|shell) history|aws (?:credentials?|config|keys?)|kube ?config|mcp json|git credentials|netrc|npmrc|seed phrase|wallet|keychain|browser (?:cookies|history)|home directory|credentials?(?: file)?|secrets?(?: file)?)\b/;
const TAKEN_FROM =
  /\b(?:contents?|read|reading|dump|file (?:data|text)|text|value|copy|output) (?:of|from|in|reading)\b|\b(?:contents?|dump)$/;

/** A property whose name says whose secret is to be put into it: the name is the whole attack. */
export const contentsParameter: Signal = {
  id: 'contents-parameter',
  strength: 'strong',
  group: 'side-channel',
  says: 'asks by its name for the contents of a place of secrets',
  find: (text, { name }) => {
    if (text.kind !== 'key' || text.original.length < 8) return [];
    const words = spelledOut(text.original);
    const source = SECRET_SOURCE.exec(words);
    if (source === null || !TAKEN_FROM.test(words) || spelledOut(name).includes(source[0])) return [];
    return whole(text);
  },
};

/** What the model was told and said, and what else it can call: none of it is the input of a calculator. */
const CONTEXT =
  /^(?:(?:full|entire|complete|raw|current|original|model|llm|agent|assistant|user|internal|prior) )*(?:system prompts?|system (?:message|instructions?)|(?:conversation|chat|dialog(?:ue)?|message|prompt|tool ?calls?|session|interaction) (?:history|logs?|transcript|dump)|(?:conversation|previous messages|prior messages|message context|prompt context)|tools? (?:list|names|definitions|inventory)|(?:available|other|all|installed|connected) tools|chain of thoughts?|(?:model|llm|agent|assistant|internal) (?:thoughts|reasoning|instructions|context|prompt|memory)|reasoning (?:trace|log|steps)|thinking trace|user prompts?|side ?notes?)$/;
/** Services about conversations, models and agents have a use for it. */
const ABOUT_MODELS =
  /\b(?:llms?|gpt|claude|gemini|openai|anthropic|ai|agents?|assistants?|chat\w*|conversations?|dialog\w*|prompts?|messages?|threads?|sessions?|tools?|mcp|models?|reason\w*|think\w*|thoughts?|memor(?:y|ies)|personas?|evaluat\w*|completions?|transcripts?|call(?:s|ing)?)\b/i;

/** A calculator that wants the conversation. */
export const contextParameter: Signal = {
  id: 'context-parameter',
  strength: 'strong',
  group: 'side-channel',
  says: 'asks for what the model knows, which nothing in the tool is about',
  find: (text, facts) => {
    if (text.kind !== 'key' || text.original.length < 8 || !CONTEXT.test(spelledOut(text.original))) return [];
    // A tool with a prompt of its own hands it to a model of its own.
    return isAboutModels(facts) || facts.ownWords.has('prompt') ? [] : whole(text);
  },
};

const isAboutModels = ({ name, about }: SubjectFacts): boolean => ABOUT_MODELS.test(`${spelledOut(name)} ${about}`);
