/** A name is the server's or client's text: shown as JSON, control characters escaped, and cut. */
export function quote(name: string, max = 128): string {
  return JSON.stringify(name.length > max ? `${name.slice(0, max)}…` : name).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    escaped,
  );
}

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
