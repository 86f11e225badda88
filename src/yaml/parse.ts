import { constructFromEvents, EVENT_ID, type Event, parseEvents } from 'js-yaml';
import type { Json } from '../model/json.ts';
import type { Document } from './document.ts';
import { YamlError } from './error.ts';
import { faultError, findFault, tooManyNodes, type ValueLimits } from './faults.ts';
import { locationOf } from './lines.ts';
import { asYamlError } from './parser-error.ts';

export type { Document } from './document.ts';

/** How much a file may ask of its reader. What strangers send is read with these. */
export interface ParseLimits extends ValueLimits {
  /** Characters in the file, in UTF-16 units. */
  readonly maxLength: number;
  /** Uses of aliases. */
  readonly maxAliases: number;
}

const LIMITS: ParseLimits = {
  maxLength: 256 * 1024,
  maxDepth: 32,
  maxAliases: 100,
  maxNodes: 20_000,
};

/**
 * Reads a YAML 1.2 file of one document: `on`, `off` and dates are strings, `<<` is an ordinary
 * key, keys that are numbers become strings.
 *
 * @returns the text as given, and the JSON value it holds.
 * @throws YamlError, and nothing else, for any text.
 */
export function parseYaml(text: string, limits: Partial<ParseLimits> = {}): Document {
  const allowed = { ...LIMITS, ...limits };
  refuseUnreadable(text, allowed);
  let value: unknown;
  try {
    value = load(text, allowed);
  } catch (error) {
    throw asYamlError(text, error);
  }
  const fault = findFault(value, allowed);
  if (fault !== undefined) throw faultError(text, fault);
  // No fault means that it is JSON all the way down.
  return { text, value: value as Json };
}

/**
 * What {@link parseYaml} reads in a text that may be much larger than what people write, as a file
 * compiled from many flags is; `undefined` where it would throw. To say where a mistake is takes
 * several times as long as to find it.
 */
export function tryYaml(text: string, limits: ParseLimits): Json | undefined {
  try {
    refuseUnreadable(text, limits);
    const value = load(text, limits);
    return findFault(value, limits) === undefined ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function refuseUnreadable(text: string, { maxLength }: ParseLimits): void {
  if (text.length > maxLength) {
    const message = `the file has more than ${maxLength} characters: make it smaller, or split it`;
    throw new YamlError('too-large', message, locationOf(text, 0, 0));
  }
  // UTF-16 and binary files, once read as UTF-8, show NULs or the replacement character.
  for (const sign of ['\0', '\uFFFD', '\uFFFE']) {
    const at = text.indexOf(sign);
    if (at < 0) continue;
    const message = 'the file is not UTF-8 text: save it as UTF-8';
    throw new YamlError('not-text', message, locationOf(text, at, at + 1));
  }
}

/** js-yaml's `load` in its two halves, so that what can be counted need not be guessed. */
function load(text: string, { maxAliases, maxNodes }: ParseLimits): unknown {
  const events = parseEvents(text, {});
  refuseOtherThanOneDocument(text, events);
  refuseManyEvents(text, events, maxNodes);
  return constructFromEvents(events, { source: text, maxAliases })[0];
}

/** Before they become values, and before any of them is looked for: a value has one key at most. */
function refuseManyEvents(text: string, events: readonly Event[], maxNodes: number): void {
  let left = 2 * maxNodes;
  const first = events.find(({ type }) => {
    if (type !== EVENT_ID.DOCUMENT && type !== EVENT_ID.POP) left -= 1;
    return left < 0;
  });
  if (first === undefined) return;
  const at = startOf(first);
  throw new YamlError('too-many-nodes', tooManyNodes(maxNodes), locationOf(text, at, at));
}

function refuseOtherThanOneDocument(text: string, events: readonly Event[]): void {
  const second = events.findIndex(({ type }, i) => i > 0 && type === EVENT_ID.DOCUMENT);
  if (second > 0) {
    const message = 'the file holds several documents: keep one, without `---` after it';
    const at = startOf(events[second + 1]);
    throw new YamlError('several-documents', message, locationOf(text, at, at));
  }
  const content = events[1];
  const blank = content?.type === EVENT_ID.SCALAR && content.valueStart < 0 && content.tagStart < 0;
  if (events.length === 0 || blank) {
    const message = 'the file is empty: write something into it, or delete it';
    throw new YamlError('empty', message, locationOf(text, 0, 0));
  }
}

function startOf(event: Event | undefined): number {
  if (event === undefined) return 0;
  if ('valueStart' in event) return Math.max(event.valueStart, 0);
  return 'start' in event ? event.start : 0;
}
