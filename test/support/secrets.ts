/** Credentials as a careless server or proxy might repeat them, and what must never be seen of them. */

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** As a form writes it: a space becomes a plus, and a plus `%2B`. */
const formEncoded = (text: string): string =>
  new URLSearchParams({ s: text }).toString().slice('s='.length);

/** The ways to write a secret that somebody could read it back from. */
export function formsOf(secret: string): Readonly<Record<string, string>> {
  return {
    plain: secret,
    upper: secret.toUpperCase(),
    percent: encodeURIComponent(secret),
    'percent, twice': encodeURIComponent(encodeURIComponent(secret)),
    form: formEncoded(secret),
    'form, twice': formEncoded(formEncoded(secret)),
    'percent of a form': encodeURIComponent(formEncoded(secret)),
    'a form of percent': formEncoded(encodeURIComponent(secret)),
    'percent, all of it': [...Buffer.from(secret)]
      .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
      .join(''),
    json: JSON.stringify(secret).slice(1, -1),
    'json of ASCII': JSON.stringify(secret)
      .slice(1, -1)
      .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    'json in an address': encodeURIComponent(JSON.stringify(secret).slice(1, -1)),
    html: secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'),
    base64: base64(secret),
    'base64 of a header': base64(`Bearer ${secret}`),
    'base64 of a pair': base64(`x-access-token:${secret}`),
    base64url: Buffer.from(secret).toString('base64url'),
    hex: Buffer.from(secret).toString('hex'),
    reversed: [...secret].reverse().join(''),
    'the first half': `${secret.slice(0, secret.length / 2)}…`,
    'the last half': `…${secret.slice(secret.length / 2)}`,
  };
}

/** Everything at once, as a sentence. */
export const repeated = (secret: string): string => Object.values(formsOf(secret)).join(' | ');

/** What of a form says nothing of the secret: the beginning of what it was written together with. */
const BEGINNINGS: Readonly<Record<string, number>> = {
  'base64 of a header': base64('Bearer ').length,
  'base64 of a pair': base64('x-access-token:').length,
};

/** As much of a form as may be left standing: with less nobody gets far. */
const PIECE = 10;

/** The forms of a secret that can be read in a text, in whole or in part. */
export function tracesOf(secret: string, text: string): readonly string[] {
  const lower = text.toLowerCase();
  return Object.entries(formsOf(secret)).flatMap(([name, whole]) => {
    const form = whole.slice(BEGINNINGS[name] ?? 0);
    const pieces = Array.from({ length: Math.max(1, form.length - PIECE + 1) }, (_, at) =>
      form.slice(at, at + PIECE).toLowerCase(),
    );
    const seen = pieces.find((piece) => lower.includes(piece));
    return seen === undefined ? [] : [`${name}: ${seen}`];
  });
}
