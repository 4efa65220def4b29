/** The name without its scope: `@acme/weather` → `weather`. */
export function unscopedName(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

/** Splits `name@version`, minding the `@` of a scope. The version is null where none is given. */
export function splitNameAndVersion(text: string): { name: string; version: string | null } {
  const at = text.indexOf('@', 1);
  return at === -1 ? { name: text, version: null } : { name: text.slice(0, at), version: text.slice(at + 1) };
}
