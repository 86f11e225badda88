import { YAMLException } from 'js-yaml';
import type { Location } from '../model/problem.ts';
import { treeOf } from './document.ts';
import { YamlError, type YamlErrorCode } from './error.ts';
import { lineEnd, locationOf } from './lines.ts';
import { sliceAt } from './locate.ts';
import type { Node } from './node.ts';

const COMPLEX_KEY = 'object-based map does not';

/** js-yaml tells its errors apart by words alone. Whatever is not listed is a syntax error. */
const REASONS: readonly (readonly [start: string, code: YamlErrorCode, advice: string])[] = [
  ['nesting exceeded', 'too-deep', 'write it flatter'],
  ['aliases exceeded', 'too-many-aliases', 'write the values out'],
  [COMPLEX_KEY, 'complex-key', 'use a string as the key'],
  ['unknown scalar tag', 'unknown-tag', 'remove the tag'],
  ['unknown mapping tag', 'unknown-tag', 'remove the tag'],
  ['unknown sequence tag', 'unknown-tag', 'remove the tag'],
  ['cannot resolve a node', 'unknown-tag', 'remove the tag'],
];

const LONGEST_REASON = 120;

/** Turns whatever js-yaml threw into a {@link YamlError} of one line, with its place. */
export function asYamlError(text: string, error: unknown): YamlError {
  if (error instanceof YamlError) return error;
  if (!(error instanceof YAMLException)) {
    const reason = firstLine(error instanceof Error ? error.message : String(error));
    return new YamlError('syntax', `not valid YAML: ${reason}`, locationOf(text, 0, 0));
  }
  const reason = firstLine(error.reason);
  const position = Math.min(error.mark?.position ?? 0, text.length);
  if (reason.startsWith('duplicated mapping key')) return duplicateKey(text, position);
  const complex = reason.startsWith(COMPLEX_KEY) && complexKeyIn(treeOf({ text, value: null }));
  const start = complex ? complex.start : position;
  const at = locationOf(text, start, lineEnd(text, start));
  for (const [start, code, advice] of REASONS) {
    if (reason.startsWith(start)) return new YamlError(code, `${reason}: ${advice}`, at);
  }
  return new YamlError('syntax', `not valid YAML: ${reason}`, at);
}

/** Some reasons quote the file, and with a broken tag that can be all the rest of it. */
function firstLine(reason: string): string {
  const [line = ''] = reason.split(/[\r\n]/, 1);
  return line.slice(0, LONGEST_REASON);
}

function duplicateKey(text: string, position: number): YamlError {
  const at = keyAt(text, position);
  const key = sliceAt({ text }, at);
  return new YamlError('duplicate-key', `the key ${key} stands twice: remove one`, at);
}

/** The whole key at a position: js-yaml points into it, past a quote. */
function keyAt(text: string, position: number): Location {
  const key = findKey(treeOf({ text, value: null }), position);
  const { start, end } = key ?? { start: position, end: lineEnd(text, position) };
  return locationOf(text, start, end);
}

function findKey(node: Node, position: number): Node | undefined {
  if (node.kind === 'sequence') {
    const item = node.items.find(({ end }) => position <= end);
    return item && findKey(item, position);
  }
  if (node.kind !== 'mapping') return undefined;
  const entry = node.entries.find(({ end }) => position <= end);
  if (entry === undefined) return undefined;
  return position <= entry.key.end ? entry.key : findKey(entry.value, position);
}

/** The first key that is a list or a mapping: js-yaml points at the mapping around it. */
function complexKeyIn(node: Node): Node | undefined {
  if (node.kind === 'sequence') {
    for (const item of node.items) {
      const found = complexKeyIn(item);
      if (found) return found;
    }
  }
  if (node.kind !== 'mapping') return undefined;
  for (const { key, value } of node.entries) {
    const named = key.kind === 'alias' ? key.target : key;
    if (named && named.kind !== 'scalar') return key;
    const found = complexKeyIn(value);
    if (found) return found;
  }
  return undefined;
}
