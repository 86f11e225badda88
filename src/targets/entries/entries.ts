import { parseJson } from '../../json.ts';
import { type Identity, mayBeOf } from '../../model/claim.ts';
import { isExposed, type Rollout } from '../../model/rollout.ts';
import type { Source } from '../target.ts';

/** What a file of flags makes of a rollout. */
export interface Made<Entry> {
  /** Absent where it cannot be said: then the entry that stands is kept. */
  readonly entry?: Entry;
  /** What could not be expressed. */
  readonly problems: readonly string[];
}

/** What an entry was compiled from, as it says itself. */
export interface Origin extends Identity {
  /** Path of the rollout file. */
  readonly file: string;
}

/** How one type of file writes a rollout as an entry, and what it does to an entry that stays. */
export interface EntryFormat<Entry> {
  keyOf(rollout: Rollout): string;
  entryOf(rollout: Rollout): Made<Entry>;
  originOf(key: string, entry: unknown): Origin | undefined;
  /** The entry, of a rollout whose file is called otherwise by now. */
  movedTo(entry: Entry, file: string): Entry;
  /** The entry with everybody on control. */
  killed(entry: Entry): Entry;
}

/** Whether a file of flags is about the environment of a rollout; of an invalid one that may not be known. */
export function isOfEnvironment(environment: string | undefined, source: Source): boolean {
  const known = source.kind === 'valid' ? source.rollout.environment : source.environment;
  return environment === undefined || known === undefined || known === environment;
}

/** All that a file of flags has to say. */
export interface Entries<Entry> {
  /** Sorted by key, so that the order of the rollout files changes no byte. */
  readonly entries: readonly (readonly [key: string, entry: Entry])[];
  readonly problems: readonly string[];
}

/**
 * The entries of one file of flags. A rollout whose file is invalid, or whose stage is gone, keeps
 * the entry that stands.
 *
 * @param standing gives the entries of the file that stands: most of the time nothing of it is to be
 * kept, and it may be large.
 */
export function compileEntries<Entry>(
  format: EntryFormat<Entry>,
  config: { readonly path: string; readonly environment?: string },
  sources: readonly Source[],
  standing: () => EntryIndex<Entry>,
): Entries<Entry> {
  const entries = new Map<string, Entry>();
  const problems: string[] = [];
  for (const source of sources) {
    if (source.kind === 'invalid' || !isOfEnvironment(config.environment, source)) continue;
    const { rollout } = source;
    const made = format.entryOf(rollout);
    const { entry, so } = made.entry
      ? { entry: made.entry, so: '' }
      : keptEntry(format, rollout, made.problems.length > 0, entryOf(rollout, standing()));
    problems.push(...made.problems.map((text) => `${config.path}: ${rollout.key} ${text}${so}`));
    if (entry !== undefined) entries.set(format.keyOf(rollout), entry);
    else if (made.problems.length === 0)
      problems.push(`${config.path}: ${rollout.key} has no stage to compile and never had`);
  }
  // The flag may have a valid file by now, beside the invalid one it had.
  const said = new Set(entries.keys());
  const files = new Set(sources.map(fileOf));
  for (const source of sources) {
    if (source.kind === 'valid') continue;
    const claimed = claimedBy(source, standing());
    if (claimed.length === 0 && isOfEnvironment(config.environment, source)) {
      problems.push(`${config.path} ${lacks(source)}`);
    }
    for (const { key, entry, origin } of claimed) {
      if (said.has(key)) continue;
      const kept =
        entries.get(key) ?? (files.has(origin.file) ? entry : format.movedTo(entry, source.file));
      entries.set(key, source.killed ? format.killed(kept) : kept);
    }
  }
  return {
    entries: [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    problems,
  };
}

type Invalid = Extract<Source, { kind: 'invalid' }>;

const fileOf = (source: Source): string =>
  source.kind === 'valid' ? source.rollout.file : source.file;

/** That an invalid file has nothing to keep, nor to switch off. */
function lacks({ file, flags }: Invalid): string {
  return `has no entry of ${file}, nor one of a flag ${flags.join(' or ')}: its users get what their code says; fix the file`;
}

/**
 * What becomes of the entry that stands where a rollout cannot be said: it stays, unless it gives
 * more users the treatment than the rollout may. Where one that went back cannot be expressed, the
 * users it left cannot be told from those it kept, so all of them get the control.
 *
 * @param inexpressible rather than in a stage that is gone
 */
function keptEntry<Entry>(
  format: EntryFormat<Entry>,
  rollout: Rollout,
  inexpressible: boolean,
  kept: Entry | undefined,
): { readonly entry?: Entry; readonly so: string } {
  if (kept === undefined) return { so: '; it is left out of the file' };
  const entry = format.movedTo(kept, rollout.file);
  const wentBack = inexpressible && ['rolled-back', 'degraded'].includes(rollout.status.phase);
  return wentBack || !isExposed(rollout)
    ? { entry: format.killed(entry), so: '; everybody gets the control' }
    : { entry, so: '; what stood before stays' };
}

/** The entries of the file that stands, found by what they were compiled from. */
export interface EntryIndex<Entry> {
  readonly byFile: ReadonlyMap<string, readonly Kept<Entry>[]>;
  readonly byFlag: ReadonlyMap<string, readonly Kept<Entry>[]>;
}

interface Kept<Entry> {
  readonly key: string;
  readonly entry: Entry;
  readonly origin: Origin;
}

/**
 * Reads the file that stands, once for as long as it is asked about one text: of many invalid files
 * each asks on its own whether it has an entry.
 *
 * @param read gives the entries by key, as they are: unchecked.
 */
export function indexReader<Entry>(
  format: EntryFormat<Entry>,
  read: (text: string | undefined) => Readonly<Record<string, unknown>>,
): (text: string | undefined) => EntryIndex<Entry> {
  let last: { readonly text: string | undefined; readonly index: EntryIndex<Entry> } | undefined;
  return (text) => {
    if (last === undefined || last.text !== text) {
      last = { text, index: indexOf(format, read(text)) };
    }
    return last.index;
  };
}

function indexOf<Entry>(
  format: EntryFormat<Entry>,
  standing: Readonly<Record<string, unknown>>,
): EntryIndex<Entry> {
  const byFile = new Map<string, Kept<Entry>[]>();
  const byFlag = new Map<string, Kept<Entry>[]>();
  for (const [key, entry] of Object.entries(standing)) {
    const origin = format.originOf(key, entry);
    if (origin === undefined) continue;
    // A target file is ours: an entry that names its rollout file has the form we gave it.
    const kept = { key, entry: entry as Entry, origin };
    add(byFile, origin.file, kept);
    add(byFlag, origin.flag, kept);
  }
  return { byFile, byFlag };
}

/** A file may have a hundred thousand entries of one origin: they are added, never copied. */
function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** The entry of a valid rollout, which may have been in another file, or have had another name in this one. */
function entryOf<Entry>(
  { file, flag, environment }: Rollout,
  { byFile, byFlag }: EntryIndex<Entry>,
): Entry | undefined {
  const named = byFlag.get(flag)?.find(({ origin }) => origin.environment === environment);
  return (named ?? byFile.get(file)?.[0])?.entry;
}

/**
 * The entries that an invalid file may be of: those compiled from it, and those of the flags that it
 * may be of, for it may have been moved by the commit that broke it.
 */
function claimedBy<Entry>(
  source: Invalid,
  { byFile, byFlag }: EntryIndex<Entry>,
): readonly Kept<Entry>[] {
  const named = source.flags.flatMap((flag) => byFlag.get(flag) ?? []);
  const mine = named.filter(({ origin }) => mayBeOf(source, origin));
  return [...new Set([...(byFile.get(source.file) ?? []), ...mine])];
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

/** A file of JSON as people read it. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Reads JSON; `undefined` for a file that is not there, or that somebody broke. */
export function readJson(text: string | undefined): unknown {
  return text === undefined ? undefined : parseJson(text);
}
