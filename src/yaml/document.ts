import type { Json } from '../model/json.ts';
import type { Node } from './node.ts';
import { readTree } from './tree.ts';

/** A YAML file as it was read: its text, byte for byte, and what it says. */
export interface Document {
  readonly text: string;
  readonly value: Json;
}

const trees = new WeakMap<Document, Node>();

/** Where everything stands in a document: read when first asked for, then remembered. */
export function treeOf(document: Document): Node {
  const known = trees.get(document);
  if (known !== undefined) return known;
  const tree = readTree(document.text);
  trees.set(document, tree);
  return tree;
}
