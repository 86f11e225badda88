import { createHash } from 'node:crypto';
import { grouped } from '../rollout/units.ts';

/**
 * Text from outside on one line: control characters, line breaks and bidirectional overrides
 * become spaces, and it is cut to a length.
 */
export function oneLine(text: string, longest = 500): string {
  const flat = text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it removes
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return flat.length > longest ? `${flat.slice(0, longest - 1)}…` : flat;
}

/** SHA-256 of a text, as trailers write it. */
export function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** `1 flag`, `3 flags`. */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}
