import type { Json } from '../model/json.ts';
import { lineEnd, lineStart, pastBreak } from './lines.ts';
import type { MappingEntry, MappingNode } from './node.ts';
import { insertion, removal, type Splice } from './splice.ts';
import { writeFlowEntry } from './write.ts';

/** Edits in flow mappings, between braces, where commas separate what belongs to what. */

/** A new entry after the last one, on its line. */
export function insertIntoFlow(
  text: string,
  mapping: MappingNode,
  key: string,
  value: Json,
): readonly Splice[] {
  const entry = writeFlowEntry(key, value);
  const last = mapping.entries.at(-1);
  if (last !== undefined) return [insertion(last.end, `, ${entry}`)];
  const inside = { start: mapping.start + 1, end: mapping.end - 1 };
  const isBlank = text.slice(inside.start, inside.end).trim() === '';
  return [isBlank ? { ...inside, text: entry } : insertion(inside.start, entry)];
}

/** An entry taken out with one comma. Comments of its neighbours stay where they are. */
export function removeFromFlow(
  text: string,
  mapping: MappingNode,
  entry: MappingEntry,
): readonly Splice[] {
  const index = mapping.entries.indexOf(entry);
  const before = mapping.entries[index - 1];
  const after = mapping.entries[index + 1];
  const gapBefore = text.slice(before?.end ?? mapping.start + 1, entry.start);
  const gapAfter = text.slice(entry.end, after?.start ?? mapping.end - 1);
  const comma = commaAfter(text, entry);
  if (gapBefore.includes('#') || gapAfter.includes('#')) {
    const lines = ownLines(text, entry, comma);
    if (lines !== undefined) return [lines];
  }
  if (after !== undefined && !gapAfter.includes('#')) return [removal(entry.start, after.start)];
  if (after === undefined && !gapBefore.includes('#')) {
    if (before !== undefined) return [removal(before.end, entry.end)];
    if (!gapAfter.includes('#')) return [removal(mapping.start + 1, mapping.end - 1)];
  }
  const itself = removal(entry.start, entry.end);
  return comma === undefined ? [itself] : [itself, removal(comma, comma + 1)];
}

/** The lines of an entry, its comma and its comment, if nothing else stands on them. */
function ownLines(
  text: string,
  entry: MappingEntry,
  comma: number | undefined,
): Splice | undefined {
  const sameLine = comma === undefined || comma < lineEnd(text, entry.end);
  const stop = comma === undefined ? entry.end : comma + 1;
  const start = lineStart(text, entry.start);
  const end = lineEnd(text, stop);
  const alone = text.slice(start, entry.start).trim() === '';
  if (!sameLine || !alone || !/^\s*(?:#|$)/.test(text.slice(stop, end))) return undefined;
  return removal(start, pastBreak(text, end));
}

function commaAfter(text: string, entry: MappingEntry): number | undefined {
  const at = skipTrivia(text, entry.end);
  return text[at] === ',' ? at : undefined;
}

function skipTrivia(text: string, from: number): number {
  let at = from;
  for (;;) {
    const character = text[at];
    if (character === '#') at = lineEnd(text, at);
    else if (character !== undefined && ' \t\r\n'.includes(character)) at++;
    else return at;
  }
}
