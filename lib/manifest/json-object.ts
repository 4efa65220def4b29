import type { JsonObject, JsonValue } from './types.ts';

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets an own member, also for the key `__proto__`, which plain assignment would turn into the object's prototype. */
export function setMember<T>(target: { [key: string]: T }, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

/** The member if it is an own string, else undefined. */
export function textOf(object: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The member if it is an own object, else undefined. */
export function objectOf(object: JsonObject, key: string): JsonObject | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return isJsonObject(value) ? value : undefined;
}

/** The objects of an array member with their index; empty where the member is no array. */
export function objectsOf(object: JsonObject, key: string): [index: number, item: JsonObject][] {
  const value: JsonValue | undefined = Object.hasOwn(object, key) ? object[key] : undefined;
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, index): [number, JsonObject][] => (isJsonObject(item) ? [[index, item]] : []));
}
