import { maskSecrets, PIECE, type Secrets } from './secrets.ts';

/** More than is ever shown: the rest of a body of megabytes need not be looked at. */
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
  const line = words.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  // Secrets go before the cut: half a secret left at the end would not be recognised any more.
  const masked =
    line.length > LOOKED_AT
      ? maskSecrets(line.slice(0, LOOKED_AT), secrets).slice(0, 1 - PIECE)
      : maskSecrets(line, secrets);
  // A code point is at most two code units.
  const characters = Array.from(masked.slice(0, 2 * limit + 2));
  if (characters.length <= limit) return masked;
  return `${characters.slice(0, limit - 1).join('')}…`;
}
