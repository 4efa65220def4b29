import { domainToUnicode } from 'node:url';

/**
 * Letters of other scripts that are drawn like a Latin one, as `Latin: those letters` (a short excerpt of UTS #39's
 * confusables: the letters that registrars admit in domain names). Everything else is compared as it is.
 */
const DRAWN_LIKE: Record<string, string> = {
  a: 'аɑαạ',
  b: 'ьƅ',
  c: 'сϲⅽ',
  d: 'ԁɗ',
  e: 'еєҽ',
  g: 'ɡԍ',
  h: 'һհ',
  i: 'іıɩι',
  j: 'јϳ',
  k: 'кκ',
  l: 'ӏǀⅼ',
  m: 'м',
  n: 'пոη',
  o: 'оοօσө',
  p: 'рρ',
  q: 'ԛզ',
  r: 'гᴦ',
  s: 'ѕꜱ',
  t: 'тτ',
  u: 'υսц',
  v: 'νѵ',
  w: 'ԝѡω',
  x: 'хχ',
  y: 'уүγ',
  z: 'ᴢ',
};

const LATIN = new Map(
  Object.entries(DRAWN_LIKE).flatMap(([latin, letters]) => [...letters].map((letter) => [letter, latin] as const)),
);

/**
 * What is left of a namespace when everything is folded that a person may overlook: case, accents, letters of other
 * scripts (also inside `xn--` labels), 0 and o, 1, l and i, rn and m, vv and w, cl and d, and hyphens. Two namespaces with
 * one skeleton look alike. Nothing is stored, so the rules can change.
 */
export function skeletonOf(namespace: string): string {
  return namespace.split('.').map(labelSkeleton).join('.');
}

function labelSkeleton(label: string): string {
  // `domainToUnicode` gives an empty text for a label that is no punycode; that one is compared as it is written.
  const shown = /^xn--/i.test(label) ? domainToUnicode(label) || label : label;
  const plain = [...shown.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '')]
    .map((letter) => LATIN.get(letter) ?? letter)
    .join('');
  return (
    plain
      // Hyphens of every kind, and what shows nothing at all.
      .replace(/[\p{Pd}\p{Cf}]/gu, '')
      // Before l, i and 1 become one: "ci" is not drawn like "d".
      .replace(/c[l1]/g, 'd')
      .replace(/[il1|]/g, 'l')
      .replaceAll('0', 'o')
      .replaceAll('rn', 'm')
      .replaceAll('vv', 'w')
  );
}
