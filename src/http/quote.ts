import { userInfo } from './endpoint.ts';

/** Everything in a request that must not be repeated to anyone. */
export type Secrets = readonly string[];

/** Shorter than this it is no secret, and blanking it out would only make messages unreadable. */
const SHORTEST_SECRET = 3;

/** Headers whose values say nothing about who is asking. */
const HARMLESS = new Set(['accept', 'content-type', 'user-agent']);

/**
 * Makes somebody else's words safe to repeat in one line: control and invisible characters become
 * spaces, secrets become `***`, and what is too long is cut.
 *
 * A server has seen the credentials it was sent, so it can send them back in an error message.
 *
 * @param limit the longest result, in code points.
 */
export function quote(words: string, limit: number, secrets: Secrets = []): string {
  const line = words.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  // Secrets go before the cut: half a secret left at the end would not be recognised any more.
  const masked = mask(line, secrets);
  // A code point is at most two code units: the rest of a body of megabytes need not be split.
  const characters = Array.from(masked.slice(0, 2 * limit + 2));
  if (characters.length <= limit) return masked;
  return `${characters.slice(0, limit - 1).join('')}…`;
}

/** Writes `***` where a secret stands, in whatever case. */
function mask(text: string, secrets: Secrets): string {
  // The longest first, or the short half of a secret would break up the long one.
  const patterns = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length)
    .map((secret) => secret.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return patterns.length === 0 ? text : text.replace(new RegExp(patterns.join('|'), 'giu'), '***');
}

/**
 * The secrets of a request: user name, password and parameters in its address, and the values of all headers
 * but the harmless ones, each also without its scheme (`Bearer`), decoded (`Basic`) and as it is
 * written in a URL.
 */
export function secretsOf(url: string, headers: Readonly<Record<string, string>>): Secrets {
  const found = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    if (HARMLESS.has(name.toLowerCase())) continue;
    const [scheme = '', ...rest] = value.split(' ');
    const credential = rest.join(' ');
    found.add(value).add(credential || value);
    if (scheme.toLowerCase() !== 'basic') continue;
    const [username = '', ...password] = Buffer.from(credential, 'base64').toString().split(':');
    found.add(username).add(password.join(':'));
  }
  const address = URL.canParse(url) ? new URL(url) : undefined;
  for (const value of address?.searchParams.values() ?? []) found.add(value);
  const user = address && userInfo(address);
  if (user) {
    found.add(user.username).add(user.password);
    found.add(Buffer.from(`${user.username}:${user.password}`).toString('base64'));
  }
  for (const secret of [...found]) {
    // Half a surrogate pair cannot be sent either way, and encodeURIComponent throws at it.
    found.add(encodeURIComponent(secret.replace(/\p{Cs}/gu, '\ufffd')));
  }
  return [...found];
}
