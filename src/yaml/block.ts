import { type Json, sameJson } from '../model/json.ts';
import { partsOf, replaceInline } from './inline.ts';
import { beforeBreak, indentAt, lineBreakAt, lineEnd, lineStart, pastBreak } from './lines.ts';
import type { MappingEntry, MappingNode, Node, ScalarNode } from './node.ts';
import { insertion, removal, type Splice } from './splice.ts';
import { fitsOnLine, writeBlockEntry, writeInline, writeLines } from './write.ts';

/**
 * Edits in block mappings, where lines and indentation say what belongs to what. Comment lines
 * indented deeper than a key belong to it: they go when it goes, and what is new comes after
 * them. Inside an indented mapping so do those as deep as the key; at column 0 such a comment
 * rather begins what follows, or ends the file.
 */

/** A new entry after the last one. `step` is the file's indentation for a level. */
export function insertIntoBlock(
  text: string,
  mapping: MappingNode,
  key: string,
  value: Json,
  step: number,
): readonly Splice[] {
  const indent = indentAt(text, mapping.start);
  const at = endOfOwnLines(text, mapping.end, Math.max(indent, 1));
  const lineBreak = lineBreakAt(text, at);
  const entry = writeBlockEntry(key, value, indent, { lineBreak, step });
  return [insertion(at, lineBreak + ' '.repeat(indent) + entry)];
}

/** The lines of an entry, taken out. Where it was the only one, `{}` takes its place. */
export function removeFromBlock(
  text: string,
  mapping: MappingNode,
  entry: MappingEntry,
  isRoot: boolean,
): readonly Splice[] {
  const start = lineStart(text, entry.start);
  const before = mapping.entries[mapping.entries.indexOf(entry) - 1];
  const ownEnd = endOfEntry(text, entry);
  const above =
    text.slice(before?.end, start).trim() === '' ? endingBlock(before?.value) : undefined;
  const end = above === undefined ? ownEnd : endOfBlankLines(text, ownEnd, above);
  const only = mapping.entries.length === 1;
  if (only && isRoot) return [{ start: entry.start, end, text: '{}' }];
  const lines = removalOfLines(text, start, end, above?.style === 'kept');
  return only ? [insertion(mapping.head, ' {}'), lines] : [lines];
}

/** Another value for an entry that is there. `old` is what its value loads to. */
export function setInBlock(
  text: string,
  entry: MappingEntry,
  old: Json,
  value: Json,
  step: number,
): readonly Splice[] {
  const node = entry.value;
  if (isLines(node)) {
    if (!fitsOnLine(value)) return replaceLines(text, entry, old, value, step);
    const written = ` ${writeInline(value, 'plain', 'block')}`;
    const beside = { start: node.tagged ? endBefore(text, node.outer) : node.head, end: node.head };
    const below = removal(lineEnd(text, node.head), endOfEntry(text, entry));
    return [{ ...beside, text: written }, below];
  }
  const beginsBelow = lineEnd(text, node.head) < node.start;
  if (fitsOnLine(value) || beginsBelow) return replaceInline(text, entry, value, 'block');

  // The value moves from beside the key to the lines below; a comment beside the key stays there.
  const { start, end, bodyStart, bodyEnd } = partsOf(text, node);
  const indent = indentAt(text, entry.start) + step;
  const lines = writeLines(value, indent, { lineBreak: lineBreakAt(text, entry.start), step });
  return [removal(endBefore(text, start), end), { start: bodyStart, end: bodyEnd, text: lines }];
}

/** Items added to a sequence follow the others; any other change writes all the lines anew. */
function replaceLines(
  text: string,
  entry: MappingEntry,
  old: Json,
  value: Json,
  step: number,
): readonly Splice[] {
  const node = entry.value;
  const layout = { lineBreak: lineBreakAt(text, entry.start), step };
  const staysSequence = node.kind === 'sequence' && Array.isArray(value);
  const indent = staysSequence ? indentAt(text, node.start) : indentAt(text, entry.start) + step;
  if (staysSequence && Array.isArray(old) && startsWith(value, old)) {
    const at = endOfOwnLines(text, node.end, indent + 1);
    return [insertion(at, writeLines(value.slice(old.length), indent, layout))];
  }
  const lines = writeLines(value, indent, layout);
  const below = {
    start: lineStart(text, node.start),
    end: node.end,
    text: lines.slice(layout.lineBreak.length),
  };
  return node.tagged ? [removal(endBefore(text, node.outer), node.head), below] : [below];
}

function startsWith(items: readonly Json[], first: readonly Json[]): boolean {
  return first.every((item, i) => i < items.length && sameJson(item, items[i]));
}

function isLines(node: Node): boolean {
  return (node.kind === 'mapping' || node.kind === 'sequence') && !node.flow;
}

/** Where the text before an offset ends, spaces left out. */
function endBefore(text: string, at: number): number {
  return text.slice(0, at).trimEnd().length;
}

function endOfEntry(text: string, entry: MappingEntry): number {
  return endOfOwnLines(text, entry.end, indentAt(text, entry.start) + 1);
}

/** The end of the line at `end`, or of the last comment line after it at that indentation or deeper. */
function endOfOwnLines(text: string, end: number, indent: number): number {
  let own = lineEnd(text, end);
  for (let at = pastBreak(text, own); at < text.length; ) {
    const lineStop = lineEnd(text, at);
    const line = text.slice(at, lineStop);
    const depth = line.search(/[^ ]/);
    if (line[depth] === '#' && depth >= indent) own = lineStop;
    else if (line.trim() !== '') break;
    at = pastBreak(text, lineStop);
  }
  return own;
}

/**
 * Takes out lines with their break; at the end of a file without one, with the break before, unless
 * that is the end of a blank line which the value above keeps.
 */
function removalOfLines(text: string, start: number, end: number, keepsBlank: boolean): Splice {
  const next = pastBreak(text, end);
  if (next > end) return removal(start, next);
  const before = beforeBreak(text, start);
  const afterBlank = text.slice(lineStart(text, before), before).trim() === '';
  return removal(keepsBlank && afterBlank ? start : before, end);
}

/** The block scalar that a value ends in, if it ends in one. */
function endingBlock(node: Node | undefined): ScalarNode | undefined {
  if (node?.kind === 'mapping') return endingBlock(node.entries.at(-1)?.value);
  if (node?.kind === 'sequence') return endingBlock(node.items.at(-1));
  if (node?.kind !== 'scalar') return undefined;
  return node.style === 'block' || node.style === 'kept' ? node : undefined;
}

/**
 * The end of the blank lines after the line that ends at `end`, as far as they would become part
 * of the block scalar above: lines of more spaces than its indentation do, others if it keeps them.
 */
function endOfBlankLines(text: string, end: number, above: ScalarNode): number {
  let blank = end;
  for (let at = pastBreak(text, end); at < text.length; ) {
    const lineStop = lineEnd(text, at);
    if (text.slice(at, lineStop).trim() !== '') break;
    const isText = above.indent >= 0 && lineStop - at > above.indent;
    if (isText || above.style === 'kept') blank = lineStop;
    at = pastBreak(text, lineStop);
  }
  return blank;
}
