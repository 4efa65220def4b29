export type NumberFault = 'json-number-overflow' | 'json-unsafe-integer' | 'json-number-precision';

/**
 * Why a JSON number literal cannot be kept as a double without becoming another number; null where it can.
 *
 * An integer value outside ±(2^53 − 1) is refused however it is written (`9007199254740993`, `1e16`), because its
 * canonical form (RFC 8785) is a bare integer that other readers would round. Other numbers must come back with the same
 * decimal value: `0.1` does, `0.1000000000000000000001` and `1e-400` do not. `-0` counts as `0`.
 */
export function numberFault(literal: string): NumberFault | null {
  const value = Number(literal);
  if (!Number.isFinite(value)) return 'json-number-overflow';
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return 'json-unsafe-integer';
  return decimalValue(literal) === decimalValue(String(value)) ? null : 'json-number-precision';
}

/** A literal's decimal value in one spelling: significant digits and power of ten, `0` for every zero. */
function decimalValue(literal: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal)!;
  const digits = `${whole}${fraction}`;
  let start = 0;
  while (digits[start] === '0') start++;
  let end = digits.length;
  while (end > start && digits[end - 1] === '0') end--;
  if (start === end) return '0';
  return `${sign}${digits.slice(start, end)}e${Number(exponent) - fraction.length + (digits.length - end)}`;
}
