import { childOf, isMapping, type Json, type Path, sameJson } from '../model/json.ts';
import { treeOf } from './document.ts';
import { YamlError } from './error.ts';
import type { Node } from './node.ts';
import { type Document, parseYaml } from './parse.ts';
import { planEdit, refusal, type TextEdit } from './plan.ts';
import { applySplices } from './splice.ts';

export type { TextEdit } from './plan.ts';

/**
 * Sets and removes keys in a YAML text and leaves every other byte as it is: comments, order,
 * quotes, indentation, line breaks.
 *
 * Paths lead through mappings, and by a number through the items that a sequence has. What a path
 * needs on its way is created, an entry that is `null` counts as absent on the way, and a new key
 * comes last in its mapping. Items themselves are not set. Setting what is there
 * already and removing what is not change nothing. A mapping set over a mapping changes only the
 * keys that differ.
 *
 * @returns the text that loads to exactly the old value with the edits made.
 * @throws YamlError as `parseYaml` does for the text; `edit-refused` where the result would say
 *   anything else, as with a value that an alias uses in a second place.
 */
export function editYaml(text: string, edits: readonly TextEdit[]): string {
  let document = parseYaml(text);
  if (edits.length >= MANY_EDITS) return applyTogether(document, edits).text;
  for (const edit of edits) {
    for (const step of narrow(document, edit)) document = apply(document, step);
  }
  return document.text;
}

/** To read the file again after each of so many edits takes too long. */
const MANY_EDITS = 20;
const MAX_EDITS = 1_000;

/** Makes edits in places of their own, such as the weights of a manifest, all at once. */
function applyTogether(document: Document, edits: readonly TextEdit[]): Document {
  const changes = edits.filter(
    ({ path, value }) => !sameJson(path.reduce<Json | undefined>(childOf, document.value), value),
  );
  const [first] = changes;
  if (first === undefined) return document;
  if (changes.length > MAX_EDITS) {
    throw refusal(document, first, `more than ${MAX_EDITS} values would change`);
  }
  const intended = changes.reduce<Json>(
    (value, edit) => withEdit({ ...document, value }, edit),
    document.value,
  );
  const splices = changes
    .flatMap((edit) => planEdit(document, edit))
    .sort((a, b) => a.start - b.start);
  const isApart = splices.every(({ start }, i) => start > (splices[i - 1]?.end ?? -1));
  const edited = isApart && reread(document, first, applySplices(document.text, splices));
  if (edited && sameJson(edited.value, intended)) return edited;
  throw refusal(document, first, 'it would change together with other values');
}

/** Makes one edit and reads the result back: what does not say what was meant is refused. */
function apply(document: Document, edit: TextEdit): Document {
  const intended = withEdit(document, edit);
  if (sameJson(intended, document.value)) return document;
  const text = applySplices(document.text, planEdit(document, edit));
  const edited = reread(document, edit, text);
  if (sameJson(edited.value, intended)) return edited;
  throw refusal(document, edit, 'another part of the file would change with it');
}

function reread(document: Document, edit: TextEdit, text: string): Document {
  try {
    return parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw refusal(document, edit, `the result would not load (${error.message})`);
  }
}

/** The value that a document is to have after an edit. */
function withEdit(document: Document, edit: TextEdit): Json {
  return change(document.value, edit.path) ?? null;

  function change(value: Json, [key, ...rest]: Path): Json | undefined {
    if (key === undefined) return edit.value;
    if (typeof key === 'number') return changeItem(value, key, rest);
    if (value !== null && !isMapping(value)) {
      if (edit.value === undefined) return value;
      throw refusal(document, edit, 'what should hold it is no mapping');
    }
    const child = childOf(value ?? undefined, key);
    if (child === undefined && edit.value === undefined) return value;
    const changed = change(child ?? null, rest);
    const { [key]: _, ...others } = value ?? {};
    return changed === undefined ? others : { ...(value ?? {}), [key]: changed };
  }

  function changeItem(value: Json, index: number, rest: Path): Json {
    const item = childOf(value, index);
    if (item === undefined && edit.value === undefined) return value;
    if (!Array.isArray(value) || item === undefined || rest.length === 0) {
      throw refusal(document, edit, 'no item of a list holds it');
    }
    return value.with(index, change(item, rest) ?? null);
  }
}

/** Splits a mapping set over a block or flow mapping into the keys that differ. */
function narrow(document: Document, edit: TextEdit): readonly TextEdit[] {
  const { path, value } = edit;
  const old = path.reduce<Json | undefined>(childOf, document.value);
  if (!isMapping(value) || !isMapping(old) || nodeAt(document, path)?.kind !== 'mapping') {
    return [edit];
  }
  const edits: TextEdit[] = [];
  const gone = Object.keys(old).filter((key) => !Object.hasOwn(value, key));
  for (const [key, child] of Object.entries(value)) {
    edits.push(...narrow(document, { path: [...path, key], value: child }));
  }
  // Removals come last, so that the mapping is never empty on the way.
  for (const key of gone) edits.push({ path: [...path, key], value: undefined });
  return edits;
}

function nodeAt(document: Document, path: Path): Node | undefined {
  return path.reduce<Node | undefined>((node, key) => {
    if (typeof key === 'number') return node?.kind === 'sequence' ? node.items[key] : undefined;
    if (node?.kind !== 'mapping') return undefined;
    return node.entries.find(({ name }) => name === key)?.value;
  }, treeOf(document));
}
