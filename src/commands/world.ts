import { globFolders, globMatcher } from '../config/glob.ts';
import type { Config } from '../config/model.ts';
import type { Head } from '../forge/forge.ts';
import { named, outermost, type Wanted } from '../forge/wanted.ts';
import type { Rollout } from '../rollout/model.ts';
import { openTargets } from '../targets/index.ts';
import type { Source, TargetFile } from '../targets/target.ts';
import type { Problem } from '../yaml/problem.ts';
import { CommandError, type Context } from './context.ts';
import {
  type RolloutSource,
  readConfigFile,
  readRolloutFile,
  refusalOf,
  refuseDuplicates,
  refusedFile,
} from './read.ts';

/** The largest file that is read: compiled targets grow with the number of flags. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Where the branch and the files on it are, as a pass goes along. */
export interface Position {
  readonly head: Head;
  readonly sources: readonly RolloutSource[];
  /** The target files as they stand, by path. */
  readonly standing: ReadonlyMap<string, string>;
}

/** A target whose file cannot be written, with the reason. */
export interface Unwritable {
  readonly target: TargetFile;
  readonly problem: string;
}

/** Everything a pass knows of the repository, read at one commit. */
export interface World extends Position {
  readonly config: Config;
  /** What is doubtful in the config. */
  readonly configProblems: readonly Problem[];
  readonly targets: readonly TargetFile[];
  /** Targets whose files cannot be written: what compiled last stands there. */
  readonly unwritable: readonly Unwritable[];
  /** The files that bear on rollouts: when one of them changed, everything must be decided again. */
  readonly concerns: Wanted;
}

/**
 * Reads the branch head once: config, rollouts and compiled targets.
 *
 * @throws CommandError `bad-config` where the config has an error: nothing moves by half a policy.
 */
export async function readWorld(context: Context): Promise<World> {
  const { forge, configPath } = context;
  const head = await forge.head();
  const listed = await forge.read(head.oid, named([configPath]), { maxBytes: MAX_BYTES });
  const [unread] = listed.refused;
  const { config, problems } = unread
    ? { config: undefined, problems: [refusalOf(unread)] }
    : readConfigFile(configPath, listed.files[0]?.text, context.configOptions);
  if (!config) throw new CommandError('bad-config', describeConfigErrors(configPath, problems));
  const isRollout = rolloutMatcher(config);
  const wanted = openTargets(config.targets, config.segments);
  const targetPaths = new Set(wanted.map((target) => target.path));
  const wantedFiles: Wanted = { ...rolloutFiles(config), paths: [...targetPaths] };
  const { files, refused } = await forge.read(head.oid, wantedFiles, { maxBytes: MAX_BYTES });
  // A link would be written over, and of what was not read nothing can be kept.
  const unwritable = wanted.flatMap((target): Unwritable[] => {
    const blocked = refused.find(({ path }) => path === target.path);
    if (!blocked) return [];
    return [{ target, problem: `${target.path}: ${refusalOf(blocked).message}` }];
  });
  const targets = wanted.filter((each) => unwritable.every(({ target }) => target !== each));
  const sources = [
    ...files
      .filter(({ path }) => isRollout(path))
      .map(({ path, text }) => readRolloutFile(path, text, config)),
    ...refused.filter(({ path }) => isRollout(path)).map((file) => refusedFile(file, config)),
  ];
  sources.sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    head,
    config,
    configProblems: problems,
    sources: refuseDuplicates(sources),
    targets,
    unwritable,
    standing: new Map(
      files.filter(({ path }) => targetPaths.has(path)).map(({ path, text }) => [path, text]),
    ),
    concerns: { ...wantedFiles, paths: [...targetPaths, configPath] },
  };
}

/** The rollout files by the config's glob, and where they may lie. */
export function rolloutFiles(config: Config): Wanted {
  const { roots, leadsTo } = globFolders(config.rollouts);
  return { paths: [], under: outermost(roots), matches: rolloutMatcher(config), enters: leadsTo };
}

/** Tells the rollout files by the config's glob. */
export function rolloutMatcher(config: Config): (path: string) => boolean {
  return globMatcher(config.rollouts);
}

/** The rollouts whose files are valid. */
export function rolloutsOf(world: World): readonly Rollout[] {
  return world.sources.flatMap((source) => (source.kind === 'valid' ? [source.rollout] : []));
}

/** What is wrong or doubtful in the config and the rollout files. */
export function problemsOf({ configProblems, sources }: World): readonly Problem[] {
  return [...configProblems, ...sources.flatMap(({ problems }) => problems)];
}

/** A source as the targets see it. */
export function targetSource(source: RolloutSource): Source {
  if (source.kind === 'valid') return { kind: 'valid', rollout: source.rollout };
  const { path, killed, control, flags, environment } = source;
  return {
    kind: 'invalid',
    file: path,
    killed,
    control,
    flags,
    ...(environment === undefined ? {} : { environment }),
  };
}

function describeConfigErrors(path: string, problems: readonly Problem[]): string {
  const errors = problems.filter((problem) => problem.severity === 'error');
  const lines = errors.map(
    ({ at, message, hint }) =>
      `  ${path}:${at.line}:${at.column} ${message}${hint ? ` — ${hint}` : ''}`,
  );
  return `${path} has errors, so nothing was done. Flags stay as they are, and a kill switch set since takes effect once this is mended:\n${lines.join('\n')}`;
}
