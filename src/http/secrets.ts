import { withoutEnd } from '../text.ts';
import { userInfo } from './endpoint.ts';

/** Everything in a request that must not be repeated to anyone, as it is. */
export type Secrets = readonly string[];

/** Shorter than this it is no secret, and blanking it out would only make messages unreadable. */
const SHORTEST_SECRET = 3;

/** So many characters in a row of a secret are hidden too: a message may hold half of one. */
export const PIECE = 8;

/** Headers whose values say nothing about who is asking. */
const HARMLESS = new Set(['accept', 'content-type', 'user-agent']);

/**
 * The secrets of a request: user name, password and parameters in its address, and the values of all
 * headers but the harmless ones, each also without its scheme (`Bearer`) and decoded (`Basic`).
 */
export function secretsOf(url: string, headers: Readonly<Record<string, string>>): Secrets {
  const found = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    if (HARMLESS.has(name.toLowerCase())) continue;
    const [scheme = '', ...rest] = value.split(' ');
    const credential = rest.join(' ');
    found.add(value).add(credential || value);
    if (scheme.toLowerCase() !== 'basic') continue;
    const pair = Buffer.from(credential, 'base64').toString();
    const [username = '', ...password] = pair.split(':');
    found.add(pair).add(username).add(password.join(':'));
  }
  const address = URL.canParse(url) ? new URL(url) : undefined;
  for (const value of address?.searchParams.values() ?? []) found.add(value);
  const user = address && userInfo(address);
  if (user) found.add(`${user.username}:${user.password}`).add(user.username).add(user.password);
  return [...found];
}

/**
 * Writes `***` in place of a secret: whole, or eight characters or more of it; in whatever case; as
 * it is, reversed, in base64 (by itself or amid something else) or in hexadecimal; and any of these
 * written with the escapes of a URL, of a form (which writes a space as `+`), of JSON or of HTML,
 * escaped up to three times over.
 *
 * This is for servers that say too much. One that wants to give a secret away, which it knows
 * already, can always find words for it.
 */
export function maskSecrets(text: string, secrets: Secrets): string {
  const forms = new Set(secrets.filter(({ length }) => length >= SHORTEST_SECRET).flatMap(formsOf));
  if (forms.size === 0) return text;
  const hidden = new Array<boolean>(text.length).fill(false);
  for (const read of readingsOf(text)) {
    for (const [from, to] of placesOf(forms, fold(read.bytes))) {
      hidden.fill(true, read.starts[from], read.starts[to]);
    }
  }
  let masked = '';
  for (let at = 0; at < text.length; at += 1) {
    if (!hidden[at]) masked += text[at];
    else if (!hidden[at - 1]) masked += '***';
  }
  return masked;
}

/** How a secret may be written, each as a string of bytes, folded. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  // Folding knows the letters of ASCII alone.
  const read = [secret, secret.toLowerCase(), secret.toUpperCase()]
    // When it is quoted on one line, several spaces become one.
    .flatMap((each) => [each, each.replace(/[\p{C}\p{Z}]+/gu, ' ')])
    .flatMap((each) => readingsOf(each).map(({ bytes: reading }) => reading));
  const forms = [
    ...read,
    bytesOf([...secret].reverse().join('')).bytes,
    bytes.toString('hex'),
    ...[0, 1, 2].map((shift) => base64Within(bytes, shift)),
  ];
  return forms.filter(({ length }) => length >= SHORTEST_SECRET).map(fold);
}

/** The characters of base64 that depend on these bytes alone, so many bytes after a multiple of 3. */
function base64Within(bytes: Buffer, shift: number): string {
  const padded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  const text = withoutEnd(padded, '=');
  const whole = (shift + bytes.length) % 3 === 0;
  return text.slice(shift === 0 ? 0 : shift + 1, whole ? undefined : -1);
}

/**
 * Without case, with one alphabet of base64, and with spaces as a form writes them; a character stays
 * a character.
 */
function fold(bytes: string): string {
  return bytes
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replace(/[-\t-\r ]/g, '+')
    .replaceAll('_', '/');
}

/** Where any of the forms stands, or a piece of one. */
function placesOf(
  forms: ReadonlySet<string>,
  bytes: string,
): readonly (readonly [number, number])[] {
  const pieces = new Map<number, Set<string>>();
  for (const form of forms) {
    const length = Math.min(PIECE, form.length);
    const known = pieces.get(length) ?? new Set();
    for (let at = 0; at + length <= form.length; at += 1) known.add(form.slice(at, at + length));
    pieces.set(length, known);
  }
  const places: (readonly [number, number])[] = [];
  for (const [length, known] of pieces) {
    for (let at = 0; at + length <= bytes.length; at += 1) {
      if (known.has(bytes.slice(at, at + length))) places.push([at, at + length]);
    }
  }
  return places;
}

/** A text as UTF-8, a character a byte, and where in the text each byte begins. */
interface Read {
  readonly bytes: string;
  readonly starts: readonly number[];
}

/** How often what was escaped may have been escaped again: a form in an address in an error in JSON. */
const MAX_ESCAPED = 3;

/** A text as it is, and as it reads once its escapes are undone, and theirs. */
function readingsOf(text: string): readonly Read[] {
  let last = bytesOf(text);
  const readings = [last];
  for (let times = 0; times < MAX_ESCAPED; times += 1) {
    const next = withoutEscapes(last);
    if (next.bytes === last.bytes) break;
    readings.push(next);
    last = next;
  }
  return readings;
}

function bytesOf(text: string): Read {
  const starts: number[] = [];
  let bytes = '';
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    bytes += noted(utf8(character), at, starts);
    at += character.length;
  }
  return { bytes, starts };
}

/** What one escape of a URL, of JSON or of HTML looks like; JSON writes an emoji as two. */
const ESCAPE =
  /%([0-9a-f]{2})|\\u(d[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|[0-9a-f]{4})|\\x([0-9a-f]{2})|\\(["'\\/])|&#x([0-9a-f]{1,6});|&#(\d{1,7});|&(amp|lt|gt|quot|apos);/iy;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function withoutEscapes(read: Read): Read {
  const starts: number[] = [];
  let bytes = '';
  for (let at = 0; at < read.bytes.length; ) {
    const byte = read.bytes.charAt(at);
    ESCAPE.lastIndex = at;
    const written = '%\\&'.includes(byte) ? ESCAPE.exec(read.bytes) : null;
    bytes += noted(written ? unescaped(written) : byte, read.starts[at] ?? 0, starts);
    at += written ? written[0].length : 1;
  }
  return { bytes, starts };
}

/** Notes where in the text some bytes begin, and gives them back. */
function noted(bytes: string, start: number, starts: number[]): string {
  for (const _ of bytes) starts.push(start);
  return bytes;
}

function unescaped([, byte, units, short, itself, hex, decimal, entity]: RegExpExecArray): string {
  if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
  if (itself !== undefined) return itself;
  if (entity !== undefined) return ENTITIES[entity.toLowerCase()] ?? '';
  if (units !== undefined) {
    const codes = units.match(/[0-9a-f]{4}/gi) ?? [];
    return utf8(String.fromCharCode(...codes.map((code) => Number.parseInt(code, 16))));
  }
  const code = decimal ? Number(decimal) : Number.parseInt(short ?? hex ?? '', 16);
  return code <= 0x10ffff ? utf8(String.fromCodePoint(code)) : '';
}

const utf8 = (characters: string): string =>
  characters.length === 1 && characters <= '\x7f'
    ? characters
    : Buffer.from(characters, 'utf8').toString('latin1');
