import type { Input, InputWithVariables } from './types.ts';

/** A piece of an argument: fixed text, or the value of a placeholder by its id. */
export type TemplatePart = string | { placeholder: string };

/** Something that the user fills in before a command can run. */
export type Placeholder = {
  /** Unique within one command. */
  id: string;
  /** What the manifest calls it: a value hint, a variable, or a flag. */
  label: string;
  description: string | null;
  required: boolean;
  secret: boolean;
  format: NonNullable<Input['format']>;
  default: string | null;
  choices: string[];
  isRepeated: boolean;
};

/** Collects the placeholders of one command and keeps their ids apart. */
export class PlaceholderList {
  readonly placeholders: Placeholder[] = [];
  readonly #variables = new Map<string, TemplatePart>();
  readonly #timesUsed = new Map<string, number>();

  /** Adds a placeholder for an argument's own value and answers the part that stands for it. */
  add(label: string, input: Input, { isRepeated = false }: { isRepeated?: boolean } = {}): TemplatePart {
    const id = this.#freeId(label.replace(/^-+/, '') || 'value');
    this.placeholders.push({
      id,
      label,
      description: input.description ?? null,
      required: input.isRequired ?? false,
      secret: input.isSecret ?? false,
      format: input.format ?? 'string',
      default: input.default ?? null,
      choices: input.choices ?? [],
      isRepeated,
    });
    return { placeholder: id };
  }

  /** The same for a variable: equal variables of one name are asked for once. */
  addVariable(name: string, input: Input): TemplatePart {
    const content = JSON.stringify([name, input]);
    const part = this.#variables.get(content) ?? this.add(name, input);
    this.#variables.set(content, part);
    return part;
  }

  /** `port`, then `port#2`, `port#3`. */
  #freeId(base: string): string {
    const times = (this.#timesUsed.get(base) ?? 0) + 1;
    this.#timesUsed.set(base, times);
    if (times === 1) return base;
    const id = `${base}#${times}`;
    // A label may look like a numbered id itself.
    return this.#timesUsed.has(id) ? this.#freeId(base) : this.#freeId(id);
  }
}

const VARIABLE = /\{([^{}]+)\}/g;

/**
 * The parts of an input's `value`: `{names}` that its `variables` define become the variable's own value or a placeholder;
 * other braces stay as they are, as the schema says. Placeholders of a required input are required unless the variable
 * says otherwise.
 */
export function valueParts(input: InputWithVariables, value: string, list: PlaceholderList): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of value.matchAll(VARIABLE)) {
    const name = match[1]!;
    const variables = input.variables ?? {};
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (variable === undefined) continue;
    parts.push(value.slice(end, match.index));
    parts.push(
      variable.value ?? list.addVariable(name, { isRequired: input.isRequired, isSecret: input.isSecret, ...variable }),
    );
    end = match.index + match[0].length;
  }
  parts.push(value.slice(end));
  return joinTexts(parts);
}

function joinTexts(parts: readonly TemplatePart[]): TemplatePart[] {
  const joined: TemplatePart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (part !== '') joined.push(part);
  }
  return joined;
}

/** The text of parts without placeholders; null where one is left. */
export function fixedText(parts: readonly TemplatePart[]): string | null {
  return parts.every((part) => typeof part === 'string') ? parts.join('') : null;
}
