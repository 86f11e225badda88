import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { Json } from '../../../src/model/json.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A date this near to the clock was computed from it; one farther away was written by hand. */
const NEAR = 60 * DAY;

/**
 * Offsets from the clock become multiples of this, which hides how busy the machine was. Most of the
 * room is for dates that a test file computes when it is loaded, minutes before the last test of it.
 */
const STEP = 15 * MINUTE;
const ROOM = 0.7;

export interface Normaliser {
  /** Numbers these objects, in this order; those that have a number keep it. */
  number(oids: Iterable<string>): void;
  text(text: string): string;
  /** As `text`, but objects without a number do not get one. Texts are sorted by this. */
  blank(text: string): string;
  json(value: Json): Json;
  /**
   * The blob id of a file as it is normalised. A file in which nothing was normalised keeps its id;
   * the others get one that begins with a tilde.
   */
  blob(oid: string, content: Buffer): string;
}

/**
 * Replaces what differs between two runs of the same code: ids of git objects become numbers in
 * order of first appearance; temporary folders, ports, tokens and digests of text become words; and
 * dates become offsets from the clock.
 *
 * @param clock about when the program ran; undefined if the program had a virtual clock, whose dates are
 *     the same in every run
 */
export function normaliser(clock: number | undefined): Normaliser {
  const numbers = new Map<string, number>();

  const named = (oid: string): string => {
    const known = numbers.get(oid) ?? numbers.size + 1;
    numbers.set(oid, known);
    return `<id ${known}>`;
  };
  const unnamed = (oid: string): string => {
    const known = numbers.get(oid);
    return known === undefined ? '<id>' : `<id ${known}>`;
  };
  /** A short id. Digits that are the beginning of no known id are something else. */
  const short = (digits: string): string => {
    for (const [oid, known] of numbers) if (oid.startsWith(digits)) return `<id ${known}, short>`;
    return digits;
  };
  const withNames = (text: string, name: (oid: string) => string): string =>
    withoutDates(withoutPlaces(text), clock).replace(FULL_ID, name).replace(SHORT_ID, short);
  const text = (value: string): string => withNames(value, named);

  function json(value: Json): Json {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [text(key), json(each)]));
  }

  return {
    number(oids) {
      for (const oid of oids) named(oid);
    },
    text,
    blank: (value) => withNames(value, unnamed),
    json,
    blob(oid, content) {
      if (content.includes(0)) return oid;
      const written = content.toString();
      const normal = text(written);
      return normal === written ? oid : `~${sha1(normal)}`;
    },
  };
}

export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

const FULL_ID = /\b[0-9a-f]{40}\b/g;
const SHORT_ID = /\b[0-9a-f]{7,39}\b/g;

/** What `mkdtemp` makes: any name with six characters of chance at its end. */
const FOLDER = new RegExp(`${tmpdir()}/[\\w.-]*[A-Za-z0-9]{6}(?![\\w.-])`, 'g');
const PORT = /(?<=\b(?:127\.0\.0\.1|localhost)|\[::1\]):\d+/g;
const TOKEN = /\b(?:ghs|github_pat)_[0-9a-f]{36}\b/g;
/** Digests of messages for people, which are not recorded, and fingerprints of keys made for a test. */
const DIGEST = /\bsha256:[0-9a-f]{64}\b|\bSHA256:[A-Za-z0-9+/]{43}/g;

const withoutPlaces = (text: string): string =>
  text
    .replace(FOLDER, '<folder>')
    .replace(PORT, ':<port>')
    .replace(TOKEN, '<token>')
    .replace(DIGEST, '<digest>');

/** `2026-06-01T09:00:00Z`, as machines write dates. */
const ISO_DATE = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)/g;
/** `20260601T090000Z`, as branches are called. */
const COMPACT_DATE = /\b(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/g;
/** `Mon 1 Jun 2026, 09:00`, as we write them for people: in UTC. */
const DATE_FOR_PEOPLE = /\b(?:[A-Z][a-z]{2} )?(\d{1,2} [A-Z][a-z]{2} \d{4}), (\d\d:\d\d)\b/g;

function withoutDates(text: string, clock: number | undefined): string {
  if (clock === undefined) return text;
  const offset = (written: string, at: number): string =>
    Math.abs(at - clock) < NEAR ? sinceClock(at - clock) : written;
  return text
    .replace(ISO_DATE, (written) => offset(written, Date.parse(written)))
    .replace(COMPACT_DATE, (written, ...parts: readonly string[]) => {
      const [year, month, day, hours, minutes, seconds] = parts;
      const at = `${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`;
      return offset(written, Date.parse(at));
    })
    .replace(DATE_FOR_PEOPLE, (written, day: string, time: string) =>
      offset(written, Date.parse(`${day} ${time} UTC`)),
    );
}

/** `<now>`, `<now-30h>`, `<now+45m>`. */
function sinceClock(elapsed: number): string {
  const minutes = (Math.floor(elapsed / STEP + ROOM) * STEP) / MINUTE;
  if (minutes === 0) return '<now>';
  const sign = minutes < 0 ? '-' : '+';
  const size = Math.abs(minutes);
  return `<now${sign}${size % 60 === 0 ? `${size / 60}h` : `${size}m`}>`;
}
