import { isExposed, type Rollout } from '../rollout/model.ts';
import type { Source } from './target.ts';

/** What a file of flags makes of a rollout. */
export interface Made<Entry> {
  /** Absent where it cannot be said: then the entry that stands is kept. */
  readonly entry?: Entry;
  /** What could not be expressed. */
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

/** Whether a file of flags is about the environment of a rollout; of an invalid one that is not known. */
export function isOfEnvironment(environment: string | undefined, source: Source): boolean {
  return (
    environment === undefined ||
    source.kind === 'invalid' ||
    source.rollout.environment === environment
  );
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
 * @param readStanding gives the entries of the file that stands, as they were read: unchecked.
 */
export function compileEntries<Entry>(
  book: Book<Entry>,
  config: { readonly path: string; readonly environment?: string },
  sources: readonly Source[],
  readStanding: () => Readonly<Record<string, unknown>>,
): Entries<Entry> {
  let read: ReturnType<typeof byFile<Entry>> | undefined;
  // Most of the time nothing of it is to be kept, and the file may be large.
  const keptOf = (file: string) => {
    read ??= byFile(book, readStanding());
    return read.get(file);
  };
  const entries = new Map<string, Entry>();
  const problems: string[] = [];
  for (const source of sources) {
    if (source.kind === 'invalid' || !isOfEnvironment(config.environment, source)) continue;
    const { rollout } = source;
    const made = book.entryOf(rollout);
    const { entry, so } = made.entry
      ? { entry: made.entry, so: '' }
      : keptEntry(book, rollout, made.problems.length > 0, keptOf(rollout.file)?.[1]);
    problems.push(...made.problems.map((text) => `${config.path}: ${rollout.key} ${text}${so}`));
    if (entry !== undefined) entries.set(book.keyOf(rollout), entry);
    else if (made.problems.length === 0)
      problems.push(`${config.path}: ${rollout.key} has no stage to compile and never had`);
  }
  for (const source of sources) {
    if (source.kind === 'valid') continue;
    const kept = keptOf(source.file);
    // The flag may have a valid file by now, beside the invalid one it had.
    if (!kept || entries.has(kept[0])) continue;
    entries.set(kept[0], source.killed ? book.killed(kept[1]) : kept[1]);
  }
  return {
    entries: [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    problems,
  };
}

/**
 * What becomes of the entry that stands where a rollout cannot be said: it stays, unless it gives
 * more users the treatment than the rollout may. Where one that went back cannot be expressed, the
 * users it left cannot be told from those it kept, so all of them get the control.
 *
 * @param inexpressible rather than in a stage that is gone
 */
function keptEntry<Entry>(
  book: Book<Entry>,
  rollout: Rollout,
  inexpressible: boolean,
  kept: Entry | undefined,
): { readonly entry?: Entry; readonly so: string } {
  if (kept === undefined) return { so: '; it is left out of the file' };
  const wentBack = inexpressible && ['rolled-back', 'degraded'].includes(rollout.status.phase);
  return wentBack || !isExposed(rollout)
    ? { entry: book.killed(kept), so: '; everybody gets the control' }
    : { entry: kept, so: '; what stood before stays' };
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
