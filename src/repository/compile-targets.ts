import type { Failure } from '../decide/outcome.ts';
import type { RolloutSource } from '../files/read.ts';
import type { FileChange } from '../forge/forge.ts';
import type { LeftOut } from '../model/repository-file.ts';
import type { Source } from '../targets/target.ts';
import { targetSource, type World } from './world.ts';

export interface CompiledTargets {
  /** Target files whose bytes differ from what stands. */
  readonly files: readonly FileChange[];
  readonly problems: readonly string[];
}

/** Compiles every target from the sources as they are to be. */
export function compileTargets(
  world: World,
  sources: readonly RolloutSource[],
  standing: ReadonlyMap<string, string> = world.standing,
): CompiledTargets {
  const views = sources.map(world.badConfig === undefined ? targetSource : heldUnlessMoved(world));
  const compiled = world.targets.map((target) => {
    try {
      return target.plan(views, standing.get(target.path));
    } catch (error) {
      // A mistake of ours about one file keeps no kill from the others.
      if (!(error instanceof Error)) throw error;
      return { files: [], problems: [`${target.path}: could not be compiled: ${error.message}`] };
    }
  });
  return {
    files: compiled
      .flatMap(({ files }) => files)
      .filter(({ path, text }) => standing.get(path) !== text),
    problems: [
      ...world.unwritable.map(({ problem }) => problem),
      ...compiled.flatMap(({ problems }) => problems),
    ],
  };
}

/**
 * By a config that is not the branch's own, only what this pass moved is compiled, and what everybody is
 * to be without: the entries of the others stay as they are.
 */
function heldUnlessMoved(world: World): (source: RolloutSource) => Source {
  const texts = new Map(world.sources.map(({ path, text }) => [path, text]));
  return (source) => {
    const view = targetSource(source);
    if (view.kind === 'invalid' || source.text !== texts.get(source.path)) return view;
    const { flag, environment, control, kill, status, file } = view.rollout;
    if (status.phase === 'rolled-back' && status.stage === undefined) return view;
    return { kind: 'invalid', file, killed: kill, control, flags: [flag], environment };
  };
}

/** The files of targets as a commit that takes users back has them: one that fails stops no other. */
export const optionally = (files: readonly FileChange[]): readonly FileChange[] =>
  files.map((file) => ({ ...file, optional: true }));

/** The world in which some targets could not be written. */
export function withoutTargets(world: World, leftOut: readonly LeftOut[]): World {
  const problems = new Map(leftOut.map(({ path, why }) => [path, why]));
  const lost = world.targets.flatMap((target) => {
    const problem = problems.get(target.path);
    return problem === undefined ? [] : [{ target, problem }];
  });
  return lost.length === 0
    ? world
    : {
        ...world,
        targets: world.targets.filter(({ path }) => !problems.has(path)),
        unwritable: [...world.unwritable, ...lost],
      };
}

/** What failures of all targets are about. */
export const TARGETS = 'targets';

/** What targets could not say. */
export const notCompiled = ({ problems }: CompiledTargets): readonly Failure[] =>
  problems.map((detail) => ({ code: 'not-compiled', subject: TARGETS, detail }));

/**
 * What would keep users from getting what a rollout says, were this its file: a target that cannot
 * express it, or whose file cannot be written.
 */
export function shortfallsOf(
  world: Pick<World, 'targets' | 'unwritable' | 'standing' | 'badConfig'>,
  source: Source,
): readonly string[] {
  const { targets, unwritable, standing, badConfig } = world;
  return [
    ...(badConfig?.targetsUnknown
      ? [
          'the config has errors and no valid one was found, so nobody knows which targets there are',
        ]
      : []),
    ...unwritable.filter(({ target }) => target.carries(source)).map(({ problem }) => problem),
    ...targets.flatMap((target) => target.shortfalls(source, standing.get(target.path))),
  ];
}

/** The same of the file at a path, as it is among these sources. */
export function shortfallsAt(
  world: World,
  sources: readonly RolloutSource[],
  path: string,
): readonly string[] {
  return sources
    .filter((source) => source.path === path)
    .flatMap((source) => shortfallsOf(world, targetSource(source)));
}
