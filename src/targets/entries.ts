import { isExposed, type Rollout } from '../rollout/model.ts';
import type { Source } from './target.ts';

/** What a file of flags makes of a rollout. */
export interface Made<Entry> {
  /** Absent where it cannot be said: then the entry that stands is kept. */
  readonly entry?: Entry;
  /** What could not be expressed, and what came of it. */
  readonly problems: readonly string[];
}

/** How a file of flags holds its entries. */
export interface Book<Entry> {
  keyOf(rollout: Rollout): string;
  entryOf(rollout: Rollout): Made<Entry>;
  /** Path of the rollout file an entry was compiled from, where it says so. */
  fileOf(entry: unknown): string | undefined;
  /** The entry with everybody on control. */
  killed(entry: Entry): Entry;
}

export interface Entries<Entry> {
  /** Sorted by key, so that the order of the rollout files changes no byte. */
  readonly entries: readonly (readonly [key: string, entry: Entry])[];
  readonly problems: readonly string[];
}

/**
 * The entries of one file of flags. A rollout whose file is invalid, or whose stage is gone, keeps
 * the entry that stands. It is found by the rollout file it was compiled from: an invalid file
 * cannot say what its flag is.
 *
 * @param standing the entries of the file that stands, as they were read: unchecked.
 */
export function compileEntries<Entry>(
  book: Book<Entry>,
  config: { readonly path: string; readonly environment?: string },
  sources: readonly Source[],
  standing: Readonly<Record<string, unknown>>,
): Entries<Entry> {
  const before = byFile(book, standing);
  const entries = new Map<string, Entry>();
  const problems: string[] = [];
  for (const source of sources) {
    if (source.kind === 'invalid') continue;
    const { rollout } = source;
    if (config.environment !== undefined && rollout.environment !== config.environment) continue;
    const made = book.entryOf(rollout);
    problems.push(...made.problems.map((text) => `${config.path}: ${rollout.key} ${text}`));
    const kept = before.get(rollout.file)?.[1];
    const entry = made.entry ?? (kept && !isExposed(rollout) ? book.killed(kept) : kept);
    if (entry !== undefined) entries.set(book.keyOf(rollout), entry);
    else if (made.problems.length === 0)
      problems.push(`${config.path}: ${rollout.key} has no stage to compile and never had`);
  }
  for (const source of sources) {
    if (source.kind === 'valid') continue;
    const kept = before.get(source.file);
    // The flag may have a valid file by now, beside the invalid one it had.
    if (!kept || entries.has(kept[0])) continue;
    entries.set(kept[0], source.killed ? book.killed(kept[1]) : kept[1]);
  }
  return {
    entries: [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    problems,
  };
}

function byFile<Entry>(
  book: Book<Entry>,
  standing: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, readonly [string, Entry]> {
  const found = new Map<string, readonly [string, Entry]>();
  for (const [key, entry] of Object.entries(standing)) {
    const file = book.fileOf(entry);
    // A target file is ours: an entry that names its rollout file has the form we gave it.
    if (file !== undefined) found.set(file, [key, entry as Entry]);
  }
  return found;
}

/** The value of a key, where there is a mapping that has it. */
export function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** The mapping at a key; an empty one where somebody broke the file: it is written anew. */
export function mappingAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  return mapping(at(value, key));
}

/** A mapping as it is; an empty one for anything else. */
export function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** Reads JSON; `undefined` for a file that is not there, or that somebody broke. */
export function readJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}
