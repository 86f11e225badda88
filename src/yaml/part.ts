import { childOf, type Json, type Path } from '../model/json.ts';
import type { Location } from '../model/problem.ts';
import { type Document, treeOf } from './document.ts';
import { lineEnd, locationOf, pastBreak } from './lines.ts';
import { locate } from './locate.ts';
import type { Node, ScalarNode } from './node.ts';

/** A stretch of the text that a scalar loads to, in UTF-16 units. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/**
 * Where part of a string stands, whichever way the string is written: plain, in quotes or as a block,
 * on one line or on many. The whole value where the part cannot be found.
 */
export function locatePart(document: Document, path: Path, part: Part): Location {
  const whole = locate(document, path);
  const node = nodeAt(treeOf(document), path);
  const value = path.reduce<Json | undefined>(childOf, document.value);
  if (node?.kind !== 'scalar' || typeof value !== 'string') return whole;
  const places = placesOf(value, document.text, node);
  const [first, last] = [places?.[part.start], places?.[Math.max(part.end - 1, part.start)]];
  if (first === undefined || last === undefined) return whole;
  return locationOf(document.text, first, Math.max(last + 1, first));
}

function nodeAt(root: Node, path: Path): Node | undefined {
  return path.reduce<Node | undefined>((node, step) => {
    if (node?.kind === 'mapping')
      return node.entries.find(({ name }) => name === String(step))?.value;
    return node?.kind === 'sequence' && typeof step === 'number' ? node.items[step] : undefined;
  }, root);
}

/**
 * Where each character of a value stands in the file. Line breaks and indentation are white space in
 * the file as in the value, though seldom the same, so white space is matched as a whole.
 *
 * @returns `undefined` if the two do not match, which is left to the caller to live with
 */
function placesOf(value: string, text: string, node: ScalarNode): readonly number[] | undefined {
  const [from, to] = contentOf(text, node);
  const places: number[] = [];
  let at = from;
  while (places.length < value.length) {
    const character = value[places.length] ?? '';
    const written = at < to ? lengthOfCharacter(text, at, node.style) : 0;
    if (written > 1 || (text[at] === character && !isSpace(character))) {
      // An escape for a character beyond the first 65,536 stands for two units.
      const units = written > 1 && isHighSurrogate(character) ? 2 : 1;
      for (let unit = 0; unit < units; unit += 1) places.push(at);
      at += Math.max(written, 1);
    } else if (isSpace(text[at]) || (at >= to && isSpace(character))) {
      const start = at;
      while (at < to && isSpace(text[at])) at += 1;
      for (let offset = 0; isSpace(value[places.length]); offset += 1) {
        places.push(Math.min(start + offset, Math.max(at - 1, start)));
      }
    } else return undefined;
  }
  return places;
}

/** The scalar without its quotes, or without the line above a block. */
function contentOf(text: string, { style, start, end }: ScalarNode): readonly [number, number] {
  if (style === 'single' || style === 'double') return [start + 1, end - 1];
  if (style !== 'block' && style !== 'kept') return [start, end];
  return /[|>]/.test(text[start] ?? '')
    ? [pastBreak(text, lineEnd(text, start)), end]
    : [start, end];
}

/** How many characters of the file write one of the value: more than one if it is escaped. */
function lengthOfCharacter(text: string, at: number, style: ScalarNode['style']): number {
  if (style === 'single') return text.startsWith("''", at) ? 2 : 1;
  if (style !== 'double' || text[at] !== '\\') return 1;
  return { x: 4, u: 6, U: 10 }[text[at + 1] ?? ''] ?? 2;
}

const isSpace = (character: string | undefined): boolean =>
  character !== undefined && ' \t\r\n'.includes(character);

const isHighSurrogate = (character: string): boolean => /[\uD800-\uDBFF]/.test(character);
