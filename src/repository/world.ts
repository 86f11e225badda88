import { defined } from '../defined.ts';
import { globFolders, globMatcher } from '../files/config/glob.ts';
import {
  type ReadConfig,
  type RolloutSource,
  readConfigFile,
  readRolloutFile,
  refusalOf,
  refuseDuplicates,
  refusedFile,
} from '../files/read.ts';
import { LARGEST_FILE } from '../forge/text.ts';
import { named, outermost, type Wanted } from '../forge/wanted.ts';
import type { Config } from '../model/config.ts';
import type { Head } from '../model/head.ts';
import type { Problem } from '../model/problem.ts';
import type { Rollout } from '../model/rollout.ts';
import { openTargets } from '../targets/index.ts';
import { pathsOf, readServices, type Standing, type Undone } from '../targets/plan.ts';
import type { Source, Target } from '../targets/target.ts';
import { type BadConfig, configInForce } from './config-in-force.ts';
import type { Context } from './context.ts';

/** Where the branch and the files on it are, as a pass goes along. */
export interface Position {
  readonly head: Head;
  readonly sources: readonly RolloutSource[];
  /** The target files as they stand, by path. */
  readonly standing: ReadonlyMap<string, string>;
}

/** Everything a pass knows of the repository, read at one commit. */
export interface World extends Position {
  readonly config: Config;
  /** What is doubtful in the config, or wrong with it. */
  readonly configProblems: readonly Problem[];
  /**
   * The config on the branch has errors, and `config` is an earlier one: users are taken back and kept
   * where they are by it, and nothing goes up.
   */
  readonly badConfig?: BadConfig;
  readonly targets: readonly Target[];
  /** What the services among the targets have, as it was read back. */
  readonly services: Standing['services'];
  /** Targets that cannot be written or did not answer: what was carried out last stands there. */
  readonly unwritable: readonly Undone[];
  /** The files that bear on rollouts: when one of them changed, everything must be decided again. */
  readonly concerns: Wanted;
}

/** Reads the branch head once: config, rollouts and compiled targets. */
export async function readWorld(context: Context): Promise<World> {
  const { forge, configPath } = context;
  const head = await forge.head();
  const listed = await forge.read(head.oid, named([configPath]), { maxBytes: LARGEST_FILE });
  const [unread] = listed.refused;
  const read: ReadConfig = unread
    ? { problems: [refusalOf(unread)] }
    : readConfigFile(configPath, listed.files[0]?.text, context.configOptions);
  const { problems } = read;
  const { config, ...more } = read.config
    ? { config: read.config }
    : await configInForce(context, head, problems);
  const isRollout = rolloutMatcher(config);
  const wanted = openTargets(config.targets, config.segments);
  const targetPaths = new Set(wanted.flatMap(pathsOf));
  const wantedFiles: Wanted = { ...rolloutFiles(config), paths: [...targetPaths] };
  const { files, refused } = await forge.read(head.oid, wantedFiles, { maxBytes: LARGEST_FILE });
  // A link would be written over, and of what was not read nothing can be kept.
  const blocked = wanted.flatMap((target): readonly Undone[] => {
    const file = refused.find(({ path }) => pathsOf(target).includes(path));
    return file ? [{ target, problem: `${file.path}: ${refusalOf(file).message}` }] : [];
  });
  const { services, unread: silent } = await readServices(wanted);
  const unwritable = [...blocked, ...silent];
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
    ...more,
    sources: refuseDuplicates(sources),
    targets,
    services,
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

/** What is wrong or doubtful in the config and the rollout files; these alone say nothing by another config. */
export function problemsOf({ configProblems, sources, badConfig }: World): readonly Problem[] {
  if (badConfig !== undefined) return configProblems;
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
    ...defined({ environment }),
  };
}
