import { childOf, type Json, type Path } from '../model/json.ts';
import { insertIntoBlock, removeFromBlock, setInBlock } from './block.ts';
import { type Document, treeOf } from './document.ts';
import { YamlError } from './error.ts';
import { insertIntoFlow, removeFromFlow } from './flow.ts';
import { replaceInline } from './inline.ts';
import { indentAt, lineStart } from './lines.ts';
import { locateKey } from './locate.ts';
import type { MappingEntry, MappingNode, Node } from './node.ts';
import type { Splice } from './splice.ts';

/** A value to set at the key that a path ends in, or, without a value, the key to remove. */
export interface TextEdit {
  readonly path: Path;
  readonly value: Json | undefined;
}

const DEFAULT_STEP = 2;

/**
 * Where and how one edit changes the text. It trusts that the file is as it looks, and so what
 * it plans has to be verified: aliases may make a change appear in two places.
 *
 * @throws YamlError `edit-refused` where the path leads through something it cannot edit.
 */
export function planEdit(document: Document, edit: TextEdit): readonly Splice[] {
  const { text } = document;
  const root = treeOf(document);
  let mapping = root;
  let value = document.value;
  for (const [depth, key] of edit.path.entries()) {
    if (typeof key === 'number') {
      const item = mapping.kind === 'sequence' ? mapping.items[key] : undefined;
      if (item === undefined) throw refusal(document, edit, whyNotInside(mapping));
      mapping = item;
      value = childOf(value, key) ?? null;
      continue;
    }
    if (mapping.kind !== 'mapping') throw refusal(document, edit, whyNotInside(mapping));
    const entry = mapping.entries.find(({ name }) => name === key);
    const rest = edit.path.slice(depth + 1);
    if (entry === undefined) {
      if (edit.value === undefined) return [];
      const added = nest(rest, edit.value);
      if (mapping.flow) return insertIntoFlow(text, mapping, key, added);
      return insertIntoBlock(text, mapping, key, added, stepOf(text, root));
    }
    if (entry.explicit) throw refusal(document, edit, 'its key is written with `? `');
    const old = childOf(value, key) ?? null;
    if (rest.length === 0 || old === null) {
      if (edit.value !== undefined) {
        return setEntry(text, root, mapping, entry, old, nest(rest, edit.value));
      }
      if (rest.length > 0) return [];
      if (mapping.flow) return removeFromFlow(text, mapping, entry);
      if (text.slice(lineStart(text, entry.start), entry.start).trim() !== '') {
        throw refusal(document, edit, 'its line begins an item of a list');
      }
      return removeFromBlock(text, mapping, entry, mapping === root);
    }
    mapping = entry.value;
    value = old;
  }
  throw refusal(document, edit, 'the path is empty');
}

/** The error for an edit that would change more than it should, or cannot be made. */
export function refusal(document: Document, { path }: TextEdit, reason: string): YamlError {
  const message = `cannot change ${path.join('.')}, because ${reason}: edit it by hand, or simplify that part`;
  return new YamlError('edit-refused', message, locateKey(document, path));
}

function whyNotInside(node: Node): string {
  if (node.kind === 'alias') return 'it is behind an alias';
  return node.kind === 'sequence' ? 'it is in a list' : 'what should hold it is no mapping';
}

function setEntry(
  text: string,
  root: Node,
  mapping: MappingNode,
  entry: MappingEntry,
  old: Json,
  value: Json,
): readonly Splice[] {
  if (mapping.flow) return replaceInline(text, entry, value, 'flow');
  return setInBlock(text, entry, old, value, stepOf(text, root));
}

/** `['a', 'b'], 1` is `{a: {b: 1}}`. */
function nest(path: Path, value: Json): Json {
  return path.reduceRight<Json>((inner, key) => ({ [key]: inner }), value);
}

/** How the file indents a level: as its first nested block mapping does. */
function stepOf(text: string, node: Node): number {
  if (node.kind !== 'mapping' || node.flow) return DEFAULT_STEP;
  for (const { start, value } of node.entries) {
    if (value.kind !== 'mapping' || value.flow) continue;
    const step = indentAt(text, value.start) - indentAt(text, start);
    if (step > 0) return step;
  }
  return DEFAULT_STEP;
}
