import { childOf, isMapping, type Json, type Path, sameJson } from '../model/json.ts';
import { treeOf } from './document.ts';
import { YamlError } from './error.ts';
import { locateKey } from './locate.ts';
import type { MappingNode, Node } from './node.ts';
import { parseYaml } from './parse.ts';
import { writeScalar } from './scalar.ts';
import { applySplices } from './splice.ts';

/** A key, by the path to it, and what it is to be called. */
export interface Rename {
  readonly path: Path;
  readonly name: string;
}

/**
 * Renames a key in a YAML text and leaves every other byte as it is: its place among the others, its
 * value, its quotes and the comments around it. A key that is not there renames nothing.
 *
 * @throws YamlError as `parseYaml` does for the text; `edit-refused` where the new name is taken, or
 *   the result would say anything else.
 */
export function renameKey(text: string, { path, name }: Rename): string {
  const document = parseYaml(text);
  const [parents, key] = [path.slice(0, -1), path.at(-1)];
  const holder = parents.reduce<Json | undefined>(childOf, document.value);
  if (typeof key !== 'string' || key === name || childOf(holder, key) === undefined) return text;
  const refuse = (reason: string): YamlError =>
    new YamlError(
      'edit-refused',
      `cannot rename ${path.join('.')} to ${name}, because ${reason}: edit it by hand`,
      locateKey(document, path),
    );
  if (childOf(holder, name) !== undefined) throw refuse('that is there too');
  const mapping = mappingAt(treeOf(document), parents);
  const entry = mapping?.entries.find((each) => each.name === key);
  if (mapping === undefined || entry?.key.kind !== 'scalar') {
    throw refuse('it is behind an alias');
  }
  const { start, end, style } = entry.key;
  const quotes = style === 'single' || style === 'double' ? style : 'plain';
  const written = writeScalar(name, quotes, mapping.flow ? 'flow' : 'block');
  const renamed = applySplices(text, [{ start, end, text: written }]);
  if (!holds(renamed, withName(document.value, path, name))) {
    throw refuse('another part of the file would change with it');
  }
  return renamed;
}

function mappingAt(root: Node, path: Path): MappingNode | undefined {
  const found = path.reduce<Node | undefined>((node, key) => {
    if (typeof key === 'number') return node?.kind === 'sequence' ? node.items[key] : undefined;
    if (node?.kind !== 'mapping') return undefined;
    return node.entries.find((entry) => entry.name === key)?.value;
  }, root);
  return found?.kind === 'mapping' ? found : undefined;
}

function holds(text: string, value: Json): boolean {
  try {
    return sameJson(parseYaml(text).value, value);
  } catch (error) {
    if (error instanceof YamlError) return false;
    throw error;
  }
}

/** The value with a key of it renamed. */
function withName(value: Json, [step, ...rest]: Path, name: string): Json {
  if (typeof step === 'number') {
    return Array.isArray(value) ? value.with(step, withName(value[step], rest, name)) : value;
  }
  if (step === undefined || !isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      if (key !== step) return [key, child];
      return rest.length === 0 ? [name, child] : [key, withName(child, rest, name)];
    }),
  );
}
