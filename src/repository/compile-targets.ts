import type { Failure } from '../decide/outcome.ts';
import type { RolloutSource } from '../files/read.ts';
import type { FileChange } from '../forge/forge.ts';
import type { LeftOut } from '../model/repository-file.ts';
import {
  carryOut,
  changesOf,
  filesOf,
  nameOf,
  type Plan,
  planFor,
  shortfallsFor,
} from '../targets/plan.ts';
import type { Source } from '../targets/target.ts';
import type { Written } from './commit.ts';
import { targetSource, type World } from './world.ts';

export interface CompiledTargets {
  /** Target files whose bytes differ from what stands: for a commit. */
  readonly files: readonly FileChange[];
  /** The names of all targets that are not as the rollouts say: these files, and services. */
  readonly changed: readonly string[];
  readonly plans: readonly Plan[];
  readonly problems: readonly string[];
}

/** Plans every target from the sources as they are to be. */
export function compileTargets(
  world: World,
  sources: readonly RolloutSource[],
  standing: ReadonlyMap<string, string> = world.standing,
): CompiledTargets {
  const views = sources.map(world.badConfig === undefined ? targetSource : heldUnlessMoved(world));
  const there = { files: standing, services: world.services };
  const plans = world.targets.map((target) => planFor(target, views, there));
  const files = plans.flatMap(filesOf).filter(({ path, text }) => standing.get(path) !== text);
  const services = plans.filter((plan) => changesOf(plan).length > 0);
  return {
    files,
    changed: [...files.map(({ path }) => path), ...services.map(({ target }) => nameOf(target))],
    plans,
    problems: [
      ...world.unwritable.map(({ problem }) => problem),
      ...plans.flatMap(({ problems }) => problems),
    ],
  };
}

/**
 * Carries plans out: has their files committed, then services changed. A service that does not follow
 * is left out, like a file that could not be written.
 *
 * @param commit makes the commit that has the files
 */
export async function carryOutTargets(
  { plans }: CompiledTargets,
  commit: () => Promise<Written>,
): Promise<Written> {
  const written = await commit();
  if (written.kind !== 'committed') return written;
  const undone = (await Promise.all(plans.map(carryOut))).flat();
  const leftOut = undone.map(({ target, problem }) => ({ path: nameOf(target), why: problem }));
  return { ...written, leftOut: [...written.leftOut, ...leftOut] };
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
    const problem = problems.get(nameOf(target));
    return problem === undefined ? [] : [{ target, problem }];
  });
  return lost.length === 0
    ? world
    : {
        ...world,
        targets: world.targets.filter((target) => !problems.has(nameOf(target))),
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
  world: Pick<World, 'targets' | 'unwritable' | 'standing' | 'services' | 'badConfig'>,
  source: Source,
): readonly string[] {
  const { targets, unwritable, standing, services, badConfig } = world;
  return [
    ...(badConfig?.targetsUnknown === undefined ? [] : [badConfig.targetsUnknown]),
    ...unwritable.filter(({ target }) => target.carries(source)).map(({ problem }) => problem),
    ...targets.flatMap((target) => shortfallsFor(target, source, { files: standing, services })),
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
