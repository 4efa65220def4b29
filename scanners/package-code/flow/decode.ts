import { makeVisible } from '../../text/excerpt.ts';
import type { Call } from './call.ts';
import { madeOf, textValue, UNKNOWN, type Value, valueWith } from './values.ts';

/** Functions that turn a constant nobody can read into a text or code. */
export const DECODERS =
  /^(?:Buffer\.from|Buffer|atob|unescape|String\.fromCharCode|String\.fromCodePoint|base64\.(?:b64decode|b32decode|b16decode|b85decode|a85decode|standard_b64decode|urlsafe_b64decode|decodebytes)|binascii\.(?:unhexlify|a2b_base64|a2b_hex)|bytes\.fromhex|bytearray\.fromhex|codecs\.decode|zlib\.(?:\w{1,20}|\w+Sync)|lzma\.decompress|bz2\.decompress|gzip\.decompress|marshal\.loads|pako\.(?:inflate|ungzip)|chr|map)$/;

/** Shorter constants are no hiding place. */
const MIN_CHARS = 16;
const MIN_CODES = 12;
const SAMPLE_CHARS = 400;

/** The decoded value, with what it says where it can be read here. Null where this is no decoding of a constant. */
export function decoded({ symbol, args, named }: Call): Value | null {
  const [first = UNKNOWN, second = UNKNOWN] = args;
  if (symbol === 'map') return args[1] === undefined ? null : madeOf([args[1]]);
  if (symbol === 'chr') return args.length > 0 ? madeOf([first]) : null;
  if (/fromCharCode|fromCodePoint/.test(symbol ?? '')) return fromCodes(args);
  const isInflate = /^(?:zlib|lzma|bz2|gzip|marshal|pako)\./.test(symbol ?? '');
  if (isInflate) return valueWith({ from: first.from });
  if (first.items !== null && /^(?:Buffer|bytes|bytearray)/.test(symbol ?? '')) return fromCodes([first]);
  const encoding = encodingOf(symbol ?? '', second.text ?? named.get('encoding')?.text ?? null);
  if (encoding === null) return first;
  if (first.text === null || /[\0\x01]/.test(first.text)) return valueWith({ from: first.from });
  if (first.text.length < MIN_CHARS) return textValue(decode(first.text, encoding) ?? '');
  const plain = decode(first.text, encoding);
  const sample =
    plain === null
      ? `${first.text.length} characters that decode to no text`
      : makeVisible(plain.slice(0, SAMPLE_CHARS));
  return valueWith({ from: [...first.from, { kind: 'decoded', sample }], text: plain });
}

type Encoding = 'base64' | 'hex' | 'percent' | 'other';

function encodingOf(symbol: string, name: string | null): Encoding | null {
  if (/^Buffer/.test(symbol))
    return name === 'base64' || name === 'base64url' ? 'base64' : name === 'hex' ? 'hex' : null;
  if (symbol === 'codecs.decode')
    return name === 'base64' ? 'base64' : name === 'hex' ? 'hex' : name === null ? null : 'other';
  if (/hex|b16/.test(symbol)) return 'hex';
  if (symbol === 'unescape') return 'percent';
  return /b32|b85|a85/.test(symbol) ? 'other' : 'base64';
}

function decode(text: string, encoding: Encoding): string | null {
  if (encoding === 'percent')
    return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  if (encoding === 'other') return null;
  const plain = Buffer.from(text, encoding).toString('utf8');
  return plain === '' || /[\uFFFD\u0000-\u0008\u000E-\u001F]/.test(plain.slice(0, 2_000)) ? null : plain;
}

function fromCodes(args: readonly Value[]): Value {
  const list = args.flatMap((arg) => arg.items ?? [arg]);
  const codes = list.map((value) => /^Number:(\d{1,7})$/.exec(value.symbol ?? '')?.[1]);
  const known = codes.filter((code) => code !== undefined).map(Number);
  if (known.length < list.length || list.length === 0) return madeOf(list);
  const plain = known.map((code) => String.fromCodePoint(Math.min(code, 0x10ffff))).join('');
  if (known.length < MIN_CODES) return textValue(plain);
  return valueWith({ from: [{ kind: 'decoded', sample: makeVisible(plain.slice(0, SAMPLE_CHARS)) }], text: plain });
}
