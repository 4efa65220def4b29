/** What people do not see, or see in another order: controls, direction marks, joiners, fillers, tags. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu;

/** A name is the server's or client's text: shown as JSON, what cannot be seen escaped, and cut. */
export function quote(name: string, max = 128): string {
  return JSON.stringify(name.length > max ? `${name.slice(0, max)}…` : name).replace(UNSEEN, escaped);
}

const escaped = (character: string) =>
  Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
