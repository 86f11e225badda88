import type { Path } from '../model/json.ts';
import type { Location } from '../model/problem.ts';
import { type Document, treeOf } from './document.ts';
import { locationOf } from './lines.ts';
import type { MappingEntry, Node } from './node.ts';

const LONGEST_SLICE = 60;

/**
 * Where the value at a path stands. What has no text of its own is shown at its key: an empty
 * value, and, for a path that does not exist, the closest ancestor that does (or the start of
 * the document). An item of a sequence has no key and is shown itself. An alias at the end of a
 * path is the alias where it is used; a path that goes on through an alias leads into the
 * content of its anchor, because that is the text to change.
 */
export function locate(document: Document, path: Path): Location {
  const found = find(document, path);
  if (!found.complete) return spanOf(document.text, found.key);
  return spanOf(document.text, isEmpty(found.value) ? found.key : found.value);
}

/** Where the key of a path stands; the fallbacks are those of {@link locate}. */
export function locateKey(document: Document, path: Path): Location {
  return spanOf(document.text, find(document, path).key);
}

/** The offending text for a message: the first line of a location, cut at about 60 characters. */
export function sliceAt(document: Pick<Document, 'text'>, location: Location): string {
  const [line = ''] = document.text.slice(location.start, location.end).split(/[\r\n]/, 1);
  const trimmed = line.trim();
  if (trimmed.length <= LONGEST_SLICE) return trimmed;
  // Not between the halves of a surrogate pair.
  const cut = trimmed.slice(0, LONGEST_SLICE - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${cut.trimEnd()}…`;
}

/** A stretch of the text. */
interface Span {
  readonly start: number;
  readonly end: number;
}

interface Found {
  /** The key at the path, or of the closest ancestor. */
  readonly key: Span;
  readonly value: Node;
  /** Whether the whole path exists. */
  readonly complete: boolean;
}

function find(document: Document, path: Path): Found {
  let value = treeOf(document);
  let key: Span = { start: value.start, end: value.start };
  for (const step of path) {
    const next = stepInto(value.kind === 'alias' ? value.target : value, step);
    if (next === undefined) return { key, value, complete: false };
    key = 'key' in next ? next.key : next;
    value = 'key' in next ? next.value : next;
  }
  return { key, value, complete: true };
}

function stepInto(node: Node | undefined, step: string | number): MappingEntry | Node | undefined {
  if (node?.kind === 'mapping') return node.entries.find(({ name }) => name === String(step));
  if (node?.kind === 'sequence' && typeof step === 'number') return node.items[step];
  return undefined;
}

function isEmpty(node: Node): boolean {
  return node.start === node.end;
}

function spanOf(text: string, { start, end }: Span): Location {
  const trimmed = start + text.slice(start, end).trimEnd().length;
  return locationOf(text, start, trimmed);
}
