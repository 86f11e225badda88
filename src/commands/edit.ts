import type { FileChange } from '../forge/forge.ts';
import type { FieldChange } from '../rollout/transition.ts';
import type { Source } from '../targets/target.ts';
import { editYaml } from '../yaml/edit.ts';
import { YamlError } from '../yaml/error.ts';
import { type RolloutSource, readRolloutFile, refuseDuplicates } from './read.ts';
import { targetSource, type World } from './world.ts';

/** A change to the file of one rollout. */
export interface SourceEdit {
  readonly path: string;
  readonly changes: readonly FieldChange[];
}

export interface Edited {
  /** The sources as they are with the edits made. */
  readonly sources: readonly RolloutSource[];
  readonly files: readonly FileChange[];
  /** Files that could not be edited without changing more than was meant: path → what to do. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Makes edits in the texts of rollout files and reads the results back. */
export function editSources(
  world: World,
  sources: readonly RolloutSource[],
  edits: readonly SourceEdit[],
): Edited {
  const refused = new Map<string, string>();
  const files: FileChange[] = [];
  const byPath = new Map(edits.map((edit) => [edit.path, edit]));
  const edited = sources.map((source) => {
    const edit = byPath.get(source.path);
    if (!edit || source.text === undefined) return source;
    try {
      const text = editYaml(source.text, edit.changes);
      if (text === source.text) return source;
      files.push({ path: source.path, text });
      return readRolloutFile(source.path, text, world.config);
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      refused.set(source.path, `${source.path}:${error.at.line}: ${error.message}`);
      return source;
    }
  });
  return { sources: refuseDuplicates(edited), files, refused };
}

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
  const views = sources.map(targetSource);
  const compiled = world.targets.map((target) => target.compile(views, standing.get(target.path)));
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
 * What would keep users from getting what a rollout says, were this its file: a target that cannot
 * express it, or whose file cannot be written.
 */
export function shortfallsOf(
  { targets, unwritable, standing }: Pick<World, 'targets' | 'unwritable' | 'standing'>,
  source: Source,
): readonly string[] {
  return [
    ...unwritable.filter(({ target }) => target.holds(source)).map(({ problem }) => problem),
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
