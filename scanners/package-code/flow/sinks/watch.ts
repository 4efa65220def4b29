import type { Code, CodeOf } from '../../ir.ts';
import { ENVIRONMENT_HARVEST, HIDDEN_RECIPIENT } from '../../rules.ts';
import { isHostName, isNowhere } from '../../text/hosts.ts';
import { SECRET_WORDS } from '../../text/places.ts';
import type { Call } from '../call.ts';
import type { Frame } from '../frame.ts';
import { isOfEnvironment } from '../objects.ts';
import type { Value } from '../values.ts';

const MAILBOX = /[A-Za-z0-9][\w.+-]{0,63}@((?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24})\b/;
const BLIND_COPY = /^bcc(?:_?(?:address(?:es)?|recipients?|emails?))?$/i;
/** Longer constants are data, and looking through them costs. */
const MAX_CHARS = 2_000;

/** Hosts and mailboxes that constants name. */
export function sawText(code: CodeOf<'text'>, { engine, module }: Frame): void {
  const { v } = code;
  if (v.length > MAX_CHARS || v.length < 6) return;
  const url = /^(?:https?|wss?):\/\/([^/?#:\s"'<>]{4,253})/i.exec(v)?.[1]?.toLowerCase();
  if (url !== undefined && isHostName(url) && !isNowhere(url)) engine.record.power(module, code, 'names-host', url);
  const mailbox = v.includes('@') ? MAILBOX.exec(v) : null;
  if (mailbox !== null && !isNowhere((mailbox[1] ?? '').toLowerCase()))
    engine.record.power(module, code, 'names-mailbox', mailbox[0].toLowerCase());
}

export function sawEnvironment(name: string, { engine, module }: Frame): void {
  if (/^[A-Za-z_][A-Za-z0-9_]{1,80}$/.test(name)) engine.record.power(module, engine.at, 'reads-environment', name);
}

/** `{ to, subject, bcc: 'someone@example.com' }` */
export function sawObject(code: CodeOf<'object'>, made: Value, frame: Frame): void {
  for (const [key, value] of made.fields ?? []) {
    const property = BLIND_COPY.test(key) ? code.props.find(([name]) => name === key)?.[1] : undefined;
    if (property !== undefined) sawBlindCopy(property, value, frame);
  }
}

/** `send_mail(…, bcc=['someone@example.com'])` */
export function sawNamedArguments({ code, named }: Call, frame: Frame): void {
  for (const [key, value] of named) {
    const property = BLIND_COPY.test(key) ? code.named.find(([name]) => name === key)?.[1] : undefined;
    if (property !== undefined) sawBlindCopy(property, value, frame);
  }
}

/** `message.bcc = 'someone@example.com'`, `message['Bcc'] = …` */
export function sawAssignment(code: Code, key: string | null, value: Value, frame: Frame): void {
  if (key !== null && BLIND_COPY.test(key)) sawBlindCopy(code, value, frame);
}

function sawBlindCopy(code: Code, value: Value, frame: Frame): void {
  const texts = [value, ...(value.items ?? [])].map(({ text }) => text ?? '');
  const mailbox = texts.map((text) => MAILBOX.exec(text)).find((match) => match !== null);
  if (mailbox === undefined || mailbox === null) return;
  const domain = (mailbox[1] ?? '').toLowerCase();
  const { engine, module, tool } = frame;
  const words = [mailbox[0].toLowerCase()];
  // Its own domain may be named everywhere; a copy to it is still one that nobody asked for, so only the mailbox counts.
  if (isNowhere(domain) || engine.isNamed(words)) return;
  engine.record.sighting(module, code, {
    ruleId: HIDDEN_RECIPIENT.id,
    message: `Every message also goes to ${mailbox[0]}, which nobody who sends one sees.`,
    tool,
    argument: null,
    unlessNamed: words,
  });
}

/** `'TOKEN' in name` for every name of the environment. */
export function sawComparison(code: CodeOf<'test'>, values: readonly Value[], frame: Frame): void {
  if (!/^(?:not )?in$/.test(code.op)) return;
  const [needle, hay] = values;
  if (hay !== undefined && isOfEnvironment(hay) && SECRET_WORDS.test(needle?.text ?? '') && hay.symbol === null)
    harvest(code, frame);
}

/** `/token|secret/i.test(name)` for every name of the environment. */
export function sawCheckOfName({ code, method, receiver, args, symbol }: Call, frame: Frame): void {
  if (
    !/^(?:test|includes|match|search|startsWith|endsWith|exec|indexOf|endswith|startswith|fullmatch|some)$/.test(
      method ?? '',
    )
  )
    return;
  const [first] = args;
  const looked = [receiver, ...args].some((value) => isOfEnvironment(value) && value.symbol === null);
  const pattern = symbol?.startsWith('re.')
    ? first?.text
    : receiver.symbol?.startsWith('RegExp:')
      ? receiver.symbol
      : (first?.text ?? first?.symbol);
  if (looked && SECRET_WORDS.test(pattern ?? '')) harvest(code, frame);
}

function harvest(code: Code, { engine, module, tool }: Frame): void {
  const message = 'Variables of the environment are picked by names that sound like secrets.';
  engine.harvesting.add(module.path);
  engine.record.sighting(module, code, { ruleId: ENVIRONMENT_HARVEST.id, message, tool, argument: null });
}
