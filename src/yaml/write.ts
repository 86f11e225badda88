import { isMapping, type Json } from '../model/json.ts';
import { type Quotes, type Surroundings, writeScalar } from './scalar.ts';

/** How lines are written in a file: its line break, and its indentation for a level. */
export interface Layout {
  readonly lineBreak: string;
  readonly step: number;
}

/** Writes a key so that it is read as that very string. */
export function writeKey(key: string, surroundings: Surroundings): string {
  return writeScalar(key, 'plain', surroundings);
}

/** Writes any value on one line. */
export function writeInline(value: Json, quotes: Quotes, surroundings: Surroundings): string {
  if (isMapping(value)) {
    const entries = Object.entries(value).map(([key, child]) => writeFlowEntry(key, child));
    return `{${entries.join(', ')}}`;
  }
  if (isSequence(value)) {
    return `[${value.map((item) => writeInline(item, 'plain', 'flow')).join(', ')}]`;
  }
  return writeScalar(value, quotes, surroundings);
}

/** Writes a key and its value for between the braces of a flow mapping. */
export function writeFlowEntry(key: string, value: Json): string {
  return `${writeKey(key, 'flow')}: ${writeInline(value, 'plain', 'flow')}`;
}

/** Writes a key and its value as lines, the first of them without its indentation. */
export function writeBlockEntry(key: string, value: Json, indent: number, layout: Layout): string {
  const start = `${writeKey(key, 'block')}:`;
  if (fitsOnLine(value)) return `${start} ${writeInline(value, 'plain', 'block')}`;
  return start + writeLines(value, indent + layout.step, layout);
}

/**
 * Writes a collection as lines, each begun by a line break: mappings down the page, the items of
 * sequences on a line each, as in `stages`.
 */
export function writeLines(value: Json, indent: number, layout: Layout): string {
  const margin = layout.lineBreak + ' '.repeat(indent);
  if (isSequence(value)) {
    return value.map((item) => `${margin}- ${writeInline(item, 'plain', 'block')}`).join('');
  }
  if (!isMapping(value)) return ` ${writeInline(value, 'plain', 'block')}`;
  return Object.entries(value)
    .map(([key, child]) => margin + writeBlockEntry(key, child, indent, layout))
    .join('');
}

/** Scalars, lists of scalars and what is empty are written beside their key. */
export function fitsOnLine(value: Json): boolean {
  if (isSequence(value)) return value.every((item) => !isMapping(item) && !isSequence(item));
  return !isMapping(value) || Object.keys(value).length === 0;
}

function isSequence(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
