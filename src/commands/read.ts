import type { Config } from '../config/model.ts';
import { type ConfigOptions, parseConfig } from '../config/parse.ts';
import type { RefusedFile } from '../forge/forge.ts';
import type { Rollout } from '../rollout/model.ts';
import { DEFAULT_CONTROL, parseRollout } from '../rollout/parse.ts';
import { YamlError } from '../yaml/error.ts';
import { childOf } from '../yaml/json.ts';
import { looksKilled, meansKill, topLevelWord } from '../yaml/kill.ts';
import { type Document, parseYaml } from '../yaml/parse.ts';
import { place, placeAll, placeError } from '../yaml/place.ts';
import type { Problem } from '../yaml/problem.ts';

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
  | {
      readonly kind: 'invalid';
      readonly path: string;
      /** Absent where the file was not read at all: a symlink, say. What it seems to say where it is not UTF-8. */
      readonly text?: string;
      readonly killed: boolean;
      /** The variant that everybody gets where it is killed, as far as the file still says. */
      readonly control: string;
      readonly problems: readonly Problem[];
    };

/** Reads a rollout file: YAML, schema, then what a schema cannot say. Never throws for its content. */
export function readRolloutFile(path: string, text: string, config: Config): RolloutSource {
  let document: Document;
  try {
    document = parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const problems = [placeError(error, text, path)];
    return {
      kind: 'invalid',
      path,
      text,
      ...guessed(text),
      problems,
    };
  }
  const { rollout, findings } = parseRollout(path, document.value, config);
  const problems = placeAll(findings, document, path);
  if (rollout) return { kind: 'valid', path, text, document, rollout, problems };
  const killed = meansKill(String(childOf(document.value, 'kill')));
  const named = childOf(document.value, 'control');
  const control = typeof named === 'string' ? named : DEFAULT_CONTROL;
  return { kind: 'invalid', path, text, killed, control, problems };
}

/** What still counts of a text that nobody can parse. */
const guessed = (text: string) => ({
  killed: looksKilled(text),
  control: topLevelWord(text, 'control') ?? DEFAULT_CONTROL,
});

/** A file the forge would not read is an invalid rollout file; its kill switch is obeyed where it can be made out. */
export function refusedFile({ path, reason, text }: RefusedFile): RolloutSource {
  const words: Readonly<Record<RefusedFile['reason'], string>> = {
    symlink: 'is a symbolic link; links are not followed, so put the file itself there',
    submodule: 'is a submodule; put a file there',
    'too-large': 'is too large to be read',
    'not-utf8': 'is not UTF-8 text; save it as UTF-8',
  };
  const problem: Problem = {
    severity: 'error',
    code: reason,
    message: `the file ${words[reason]}`,
    file: path,
    at: { line: 1, column: 1, start: 0, end: 0 },
  };
  const problems = [problem];
  return text === undefined
    ? { kind: 'invalid', path, killed: false, control: DEFAULT_CONTROL, problems }
    : { kind: 'invalid', path, text, ...guessed(text), problems };
}

/** Two files for one flag in one environment: neither can be believed. */
export function refuseDuplicates(sources: readonly RolloutSource[]): readonly RolloutSource[] {
  const paths = new Map<string, string[]>();
  const killed = new Set<string>();
  for (const source of sources) {
    if (source.kind !== 'valid') continue;
    const { key, kill } = source.rollout;
    const known = paths.get(key);
    if (known) known.push(source.path);
    else paths.set(key, [source.path]);
    if (kill) killed.add(key);
  }
  return sources.map((source) => {
    if (source.kind !== 'valid') return source;
    const { key } = source.rollout;
    const all = paths.get(key) ?? [];
    if (all.length < 2) return source;
    const others = all.filter((path) => path !== source.path);
    const problem = place(
      {
        severity: 'error',
        code: 'duplicate-rollout',
        message: `${key} is also rolled out by ${others.join(', ')}`,
        hint: 'keep one of the files',
        path: ['flag'],
      },
      source.document,
      source.path,
    );
    return {
      kind: 'invalid' as const,
      path: source.path,
      text: source.text,
      // Whichever of them was compiled: whoever set the switch in one meant the flag.
      killed: killed.has(key),
      control: source.rollout.control,
      problems: [...source.problems, problem],
    };
  });
}

export interface ReadConfig {
  /** Absent where the file has an error. */
  readonly config?: Config;
  readonly problems: readonly Problem[];
  /** Absent where there is no text to find a place in. */
  readonly document?: Document;
}

/** Reads the config file; `undefined` stands for a repository without one. */
export function readConfigFile(
  path: string,
  text: string | undefined,
  options: ConfigOptions,
): ReadConfig {
  // An empty file, or one of comments alone, says as much as none.
  if (text === undefined || /^(?:\uFEFF)?(?:\s|#[^\n]*)*$/.test(text)) {
    const { config } = parseConfig(undefined, options);
    return config ? { config, problems: [] } : { problems: [] };
  }
  try {
    const document = parseYaml(text);
    const { config, findings } = parseConfig(document.value, options);
    const problems = placeAll(findings, document, path);
    return config ? { config, problems, document } : { problems };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { problems: [placeError(error, text, path)] };
  }
}
