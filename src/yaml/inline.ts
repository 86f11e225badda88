import type { Json } from '../model/json.ts';
import { lineEnd } from './lines.ts';
import type { MappingEntry, Node } from './node.ts';
import type { Quotes, Surroundings } from './scalar.ts';
import { insertion, removal, type Splice } from './splice.ts';
import { writeInline } from './write.ts';

/**
 * The parts of a value that begins beside its key. Only a block scalar has a body: of `| # note`
 * the header is `|`, and the note stays whatever becomes of the value.
 */
export interface Parts {
  /** Where its tag begins, or else its content. A tag says what the old value was, and goes. */
  readonly start: number;
  readonly end: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** Takes a value apart for replacing it. */
export function partsOf(text: string, node: Node): Parts {
  const start = node.tagged ? node.outer : node.start;
  if (node.kind !== 'scalar' || (node.style !== 'block' && node.style !== 'kept')) {
    const bodyStart = lineEnd(text, node.end);
    return { start, end: node.end, bodyStart, bodyEnd: bodyStart };
  }
  const header = /^[|>][-+\d]*/.exec(text.slice(node.start, node.start + 3))?.[0] ?? '';
  const end = node.start + header.length;
  const bodyStart = lineEnd(text, end);
  return { start, end, bodyStart, bodyEnd: Math.max(node.end, bodyStart) };
}

/** Puts a value, written on one line, where another stands that begins beside its key. */
export function replaceInline(
  text: string,
  entry: MappingEntry,
  value: Json,
  surroundings: Surroundings,
): readonly Splice[] {
  const { start, end, bodyStart, bodyEnd } = partsOf(text, entry.value);
  const written = writeInline(value, quotesOf(entry.value), surroundings);
  if (start === end) return [insertion(start, entry.colon ? ` ${written}` : `: ${written}`)];
  const inline = { start, end, text: written };
  return bodyEnd > bodyStart ? [inline, removal(bodyStart, bodyEnd)] : [inline];
}

function quotesOf(node: Node): Quotes {
  if (node.kind !== 'scalar') return 'plain';
  return node.style === 'single' || node.style === 'double' ? node.style : 'plain';
}
