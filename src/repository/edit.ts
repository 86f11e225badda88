import type { FieldChange } from '../decide/transition.ts';
import { type RolloutSource, readRolloutFile, refuseDuplicates } from '../files/read.ts';
import type { FileChange } from '../forge/forge.ts';
import { editYaml } from '../yaml/edit.ts';
import { YamlError } from '../yaml/error.ts';
import type { World } from './world.ts';

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
