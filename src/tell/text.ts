import { createHash } from 'node:crypto';
import { grouped } from '../rollout/units.ts';

/** SHA-256 of a text, as trailers write it. */
export function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** `1 flag`, `3 flags`. */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}
