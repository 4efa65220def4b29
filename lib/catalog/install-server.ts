import { PlaceholderList, type TemplatePart, valueParts } from '#lib/manifest/command-template.ts';
import {
  type KeyValueInput,
  type Package,
  type PackageCommand,
  type Placeholder,
  type Remote,
  resolvePackageCommand,
} from '#lib/manifest/index.ts';

/** A value that a person gives; the rest of a text is fixed. */
export type Ask = {
  /** Letters, digits, `_` and `-`; unique within one server. */
  id: string;
  label: string;
  description: string | null;
  isRequired: boolean;
  isSecret: boolean;
  choices: string[];
};
export type Text = (string | Ask)[];
export type NamedText = { name: string; text: Text };

/** What a client is told about a server, before any client's own form. */
export type InstallServer =
  | { transport: 'stdio'; command: string; args: Text[]; env: NamedText[]; asks: Ask[]; isPinned: boolean }
  | { transport: 'http' | 'sse'; url: Text; headers: NamedText[]; asks: Ask[]; isPinned: false };

export type InstallServerResult = { ok: true; server: InstallServer } | { ok: false; problem: string };

/** The typed start of a package, or why there is none. */
export function packageServer(pkg: Package): InstallServerResult {
  if (pkg.transport.type !== 'stdio') {
    return {
      ok: false,
      problem: `This package is an HTTP server of its own: start it yourself, then add its address, ${pkg.transport.url}, to your client.`,
    };
  }
  const resolved = resolvePackageCommand(pkg);
  if (!resolved.ok) return { ok: false, problem: resolved.message };
  const { command } = resolved;
  const asks = new AskList(command.placeholders);
  const args = command.template.flatMap((argument): Text[] => {
    if (typeof argument === 'string') return [asks.text([argument])];
    const text = asks.optionalText(argument.parts);
    if (text === null) return [];
    return argument.flag === null ? [text] : [asks.text([argument.flag]), text];
  });
  const env = command.env.flatMap((variable) => environmentText(variable, asks));
  return check({
    transport: 'stdio',
    command: command.command,
    args,
    env,
    asks: asks.asks,
    isPinned: command.isPinned,
  });
}

/** The typed address of a remote, or why it cannot be offered. */
export function remoteServer(remote: Remote): InstallServerResult {
  const list = new PlaceholderList();
  const url = valueParts({ variables: remote.variables, isRequired: true }, remote.url, list);
  const headers = (remote.headers ?? []).map((header) => ({ header, parts: headerParts(header, list) }));
  const asks = new AskList(list.placeholders);
  const server: InstallServer = {
    transport: remote.type === 'sse' ? 'sse' : 'http',
    url: asks.text(url),
    headers: headers.flatMap(({ header, parts }) => {
      const text = asks.optionalText(parts, { isSecret: header.isSecret, description: header.description });
      return text === null ? [] : [{ name: header.name, text }];
    }),
    asks: asks.asks,
    isPinned: false,
  };
  const address = URL.parse(server.url.map((part) => (typeof part === 'string' ? part : 'x')).join(''));
  if (address === null || !['http:', 'https:'].includes(address.protocol)) {
    return { ok: false, problem: 'The address of this remote is not an http or https URL.' };
  }
  if (server.headers.some(({ name }) => !HEADER_NAME.test(name))) {
    return { ok: false, problem: 'A header of this remote has a name that HTTP does not allow.' };
  }
  return check(server);
}

// RFC 9110 §5.1: a field name is a token.
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function headerParts(header: KeyValueInput, list: PlaceholderList): TemplatePart[] {
  if (header.value !== undefined) return valueParts(header, header.value, list);
  return [list.add(header.name, header)];
}

function environmentText(variable: PackageCommand['env'][number], asks: AskList): NamedText[] {
  const { name, value } = variable;
  if (value !== undefined) {
    const text = asks.optionalText(typeof value === 'string' ? [value] : value, {
      isSecret: variable.secret,
      description: variable.description ?? undefined,
    });
    return text === null ? [] : [{ name, text }];
  }
  if (!variable.required) return [];
  if (variable.default !== null && !variable.secret) return [{ name, text: asks.text([variable.default]) }];
  const ask = asks.ask(name, {
    description: variable.description,
    isRequired: true,
    isSecret: variable.secret,
    choices: variable.choices,
  });
  return [{ name, text: [ask] }];
}

type AskDetails = Omit<Ask, 'id' | 'label'>;

/** Clients replace `${…}` by values of the user's own machine, which a manifest must not be able to ask for unseen. */
const INTERPOLATION = /\$\{([^{}]*)\}/;

/** Turns template parts into texts, and collects what has to be asked on the way. */
class AskList {
  readonly asks: Ask[] = [];
  readonly #placeholders: Map<string, Placeholder>;

  constructor(placeholders: readonly Placeholder[]) {
    this.#placeholders = new Map(placeholders.map((placeholder) => [placeholder.id, placeholder]));
  }

  /** The text, asking for every placeholder that has no default. */
  text(parts: readonly TemplatePart[], details: Partial<AskDetails> = {}): Text {
    return parts.flatMap((part): Text => (typeof part === 'string' ? this.#fixed(part, details) : [this.#value(part)]));
  }

  /** The text, or null where it waits for an optional value that has no default: it is left out then. */
  optionalText(
    parts: readonly TemplatePart[],
    details: { isSecret?: boolean; description?: string } = {},
  ): Text | null {
    const waits = parts.some((part) => {
      const placeholder = typeof part === 'string' ? undefined : this.#placeholders.get(part.placeholder);
      return placeholder !== undefined && !placeholder.required && defaultOf(placeholder) === null;
    });
    return waits ? null : this.text(parts, { ...details, description: details.description ?? null });
  }

  ask(label: string, details: AskDetails): Ask {
    const same = this.asks.find((ask) => ask.label === label);
    if (same) return same;
    const base = label.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'value';
    let id = base;
    for (let n = 2; this.asks.some((ask) => ask.id === id); n++) id = `${base}-${n}`;
    const ask = { id, label, ...details };
    this.asks.push(ask);
    return ask;
  }

  #value({ placeholder: id }: { placeholder: string }): string | Ask {
    const placeholder = this.#placeholders.get(id);
    if (placeholder === undefined) throw new Error(`Template names a placeholder that is not listed: ${id}`);
    return (
      defaultOf(placeholder) ??
      this.ask(placeholder.id, {
        description: placeholder.description,
        isRequired: placeholder.required,
        isSecret: placeholder.secret,
        choices: placeholder.choices,
      })
    );
  }

  #fixed(text: string, details: Partial<AskDetails>): Text {
    const match = INTERPOLATION.exec(text);
    if (match === null) return text === '' ? [] : [text];
    const { description = null, isSecret = false } = details;
    const ask = this.ask(match[1] || 'value', { description, isRequired: true, isSecret, choices: [] });
    const before = text.slice(0, match.index);
    return [...(before ? [before] : []), ask, ...this.#fixed(text.slice(match.index + match[0].length), details)];
  }
}

function defaultOf(placeholder: Placeholder): string | null {
  return placeholder.secret ? null : placeholder.default;
}

/** Nothing that a client would interpolate may be left in fixed text, whatever its pieces were. */
function check(server: InstallServer): InstallServerResult {
  const texts =
    server.transport === 'stdio'
      ? [...server.args, ...server.env.map(({ text }) => text)]
      : [server.url, ...server.headers.map(({ text }) => text)];
  if (texts.flat().some((part) => typeof part === 'string' && part.includes('${'))) {
    return {
      ok: false,
      problem:
        'The manifest holds a "${" that clients could replace by values of your own machine, so no snippet is made of it.',
    };
  }
  return { ok: true, server };
}
