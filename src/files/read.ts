import { defined } from '../defined.ts';
import { type Claim, claimOf, mayBeOf } from '../model/claim.ts';
import type { Config } from '../model/config.ts';
import { childOf, type Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { RefusedFile } from '../model/repository-file.ts';
import type { Rollout } from '../model/rollout.ts';
import { YamlError } from '../yaml/error.ts';
import { looksKilled, meansKill, topLevelWord } from '../yaml/kill.ts';
import { type Document, parseYaml } from '../yaml/parse.ts';
import { place, placeAll, placeError } from '../yaml/place.ts';
import { type ConfigOptions, parseConfig } from './config/parse.ts';
import { DEFAULT_CONTROL, parseRollout } from './rollout/parse.ts';

/** A rollout file, read. An invalid one still says whether its kill switch is set. */
export type RolloutSource =
  | {
      readonly kind: 'valid';
      readonly path: string;
      readonly text: string;
      readonly document: Document;
      readonly rollout: Rollout;
      readonly problems: readonly Problem[];
    }
  | (Claim & {
      readonly kind: 'invalid';
      readonly path: string;
      /** Absent where the file was not read at all: a symlink, say. What it seems to say where it is not UTF-8. */
      readonly text?: string;
      readonly killed: boolean;
      /** The variant that everybody gets where it is killed, as far as the file still says. */
      readonly control: string;
      readonly problems: readonly Problem[];
    });

export type ValidSource = Extract<RolloutSource, { kind: 'valid' }>;
export type InvalidSource = Extract<RolloutSource, { kind: 'invalid' }>;

/** Reads a rollout file: YAML, schema, then what a schema cannot say. Never throws for its content. */
export function readRolloutFile(path: string, text: string, config: Config): RolloutSource {
  let document: Document;
  try {
    document = parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const problems = [placeError(error, text, path)];
    return { kind: 'invalid', path, text, ...guessed(path, text, config), problems };
  }
  const { rollout, findings } = parseRollout(path, document.value, config);
  const problems = placeAll(findings, document, path);
  if (rollout) return { kind: 'valid', path, text, document, rollout, problems };
  const killed = meansKill(String(childOf(document.value, 'kill')));
  const named = (key: string): string | undefined => textOf(childOf(document.value, key));
  const control = named('control') ?? DEFAULT_CONTROL;
  return {
    kind: 'invalid',
    path,
    text,
    killed,
    control,
    ...claimOf(path, named, config),
    problems,
  };
}

/** What still counts of a text that nobody can parse. */
const guessed = (path: string, text: string, config: Config) => ({
  killed: looksKilled(text),
  control: topLevelWord(text, 'control') ?? DEFAULT_CONTROL,
  ...claimOf(path, (key) => topLevelWord(text, key), config),
});

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Why the forge would not read a file. */
export function refusalOf({ path, reason }: RefusedFile): Problem {
  const words: Readonly<Record<RefusedFile['reason'], string>> = {
    symlink: 'is a symbolic link; links are not followed, so put the file itself there',
    submodule: 'is a submodule; put a file there',
    'too-large': 'is too large to be read',
    'not-utf8': 'is not UTF-8 text; save it as UTF-8',
    folder: 'is a folder; put a file there',
    'below-a-file': 'cannot be there, because a folder of its path is a file or a link',
    'no-answer': 'could not be read, because GitHub gave no answer about it; run again',
    'lfs-pointer':
      'is kept by Git LFS, and only a pointer to it is in the repository; take it out of LFS (`-filter` for its path in .gitattributes)',
    'filter-failed':
      'has a filter in .gitattributes that failed here; install its program (git-lfs, say) and see what it says of the file',
  };
  return {
    severity: 'error',
    code: reason,
    message: `the file ${words[reason]}`,
    file: path,
    at: { line: 1, column: 1, start: 0, end: 0 },
  };
}

/** A file the forge would not read is an invalid rollout file; its kill switch is obeyed where it can be made out. */
export function refusedFile(file: RefusedFile, config: Config): RolloutSource {
  const { path, text } = file;
  const seen = guessed(path, text ?? '', config);
  const problems = [refusalOf(file)];
  return { kind: 'invalid', path, ...defined({ text }), ...seen, problems };
}

/**
 * Two files for one flag in one environment: neither can be believed. A valid one is, beside one that
 * is invalid, but for its kill switch: whichever of them was compiled, whoever set it meant the flag.
 */
export function refuseDuplicates(sources: readonly RolloutSource[]): readonly RolloutSource[] {
  const byFlag = new Map<string, ValidSource[]>();
  for (const source of sources) {
    if (source.kind !== 'valid') continue;
    const { flag } = source.rollout;
    const known = byFlag.get(flag);
    if (known) known.push(source);
    else byFlag.set(flag, [source]);
  }
  const settled = sources.map((source) =>
    source.kind === 'valid' ? source : { ...source, flags: flagsLeft(source, byFlag) },
  );
  const switches = settled.flatMap((source) =>
    source.kind === 'invalid' && source.killed && source.flags.length === 1 ? [source] : [],
  );
  return settled.map((source) =>
    source.kind === 'valid' ? besideOthers(source, byFlag, switches) : source,
  );
}

/**
 * What an invalid file may be of when those are left out that have a valid file: a copy that was
 * called otherwise and still names the old flag is not of that one.
 */
function flagsLeft(
  source: InvalidSource,
  byFlag: ReadonlyMap<string, readonly ValidSource[]>,
): readonly string[] {
  const isTaken = (flag: string): boolean =>
    byFlag.get(flag)?.some(({ rollout }) => mayBeOf(source, rollout)) ?? false;
  const left = source.flags.filter((flag) => !isTaken(flag));
  return left.length === 0 ? source.flags.slice(-1) : left;
}

/** A valid source, refused where others are of its flag too. */
function besideOthers(
  source: ValidSource,
  byFlag: ReadonlyMap<string, readonly ValidSource[]>,
  switches: readonly InvalidSource[],
): RolloutSource {
  const { path, text, document, rollout } = source;
  const { key, flag, environment } = rollout;
  const all = byFlag.get(flag)?.filter((each) => each.rollout.key === key) ?? [];
  const others = all.filter((each) => each.path !== path).map((each) => each.path);
  const off = rollout.kill ? undefined : switches.find((each) => mayBeOf(each, rollout));
  if (others.length === 0 && off === undefined) return source;
  const [message, hint] =
    off === undefined || others.length > 0
      ? [`${key} is also rolled out by ${listed(others)}`, 'keep one of the files']
      : [`${key} is killed by ${off.path}, which is invalid`, 'keep one of the files, or fix it'];
  const problem = place(
    { severity: 'error', code: 'duplicate-rollout', message, hint, path: ['flag'] },
    document,
    path,
  );
  return {
    kind: 'invalid',
    path,
    text,
    killed: off !== undefined || all.some((each) => each.rollout.kill),
    control: rollout.control,
    flags: [flag],
    environment,
    problems: [...source.problems, problem],
  };
}

/** The first few of many, so that thousands of copies are not each named in the message of each. */
function listed(paths: readonly string[]): string {
  const [shown, more] = [paths.slice(0, SHOWN), paths.length - SHOWN];
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

const SHOWN = 3;

export interface ReadConfig {
  /** Absent where the file has an error. */
  readonly config?: Config;
  readonly problems: readonly Problem[];
  /** Absent where there is no text to find a place in. */
  readonly document?: Document;
}

/** An empty file, or one of comments alone, says as much as none. */
export const isBlank = (text: string): boolean =>
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .every((line) => /^\s*(?:#|$)/.test(line));

/** Reads the config file; `undefined` stands for a repository without one. */
export function readConfigFile(
  path: string,
  text: string | undefined,
  options: ConfigOptions,
): ReadConfig {
  if (text === undefined || isBlank(text)) {
    const { config } = parseConfig(undefined, { ...options, path });
    return config ? { config, problems: [] } : { problems: [] };
  }
  try {
    const document = parseYaml(text);
    const { config, findings } = parseConfig(document.value, { ...options, path });
    const problems = placeAll(findings, document, path);
    return config ? { config, problems, document } : { problems };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { problems: [placeError(error, text, path)] };
  }
}
