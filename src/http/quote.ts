import { maskSecrets, PIECE, type Secrets } from './secrets.ts';

/** More than is ever shown: to look at all of a body of megabytes would keep everybody waiting. */
const LOOKED_AT = 4_096;

/**
 * Makes somebody else's words safe to repeat in one line: control and invisible characters become
 * spaces, secrets become `***`, and what is too long is cut. All words from outside go through here.
 *
 * A server has seen the credentials it was sent, so it can send them back in an error message.
 *
 * @param limit the longest result, in code points.
 */
export function quote(words: string, limit: number, secrets: Secrets = []): string {
  const start = words.trimStart().slice(0, LOOKED_AT);
  const line = start.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  // Secrets go before the cut: half a secret left at the end would not be recognised any more. What
  // is too short to be a piece of one, where the looking ended, goes as well.
  const whole = start.length < LOOKED_AT;
  const masked = maskSecrets(line, secrets).slice(0, whole ? undefined : 1 - PIECE);
  // A code point is at most two code units.
  const characters = Array.from(masked.slice(0, 2 * limit + 2));
  if (characters.length <= limit) return masked;
  return `${characters.slice(0, limit - 1).join('')}…`;
}
