import type { FileEdit, Move } from '../decide/move.ts';
import { type RolloutSource, readRolloutFile, refuseDuplicates } from '../files/read.ts';
import type { FileChange } from '../forge/forge.ts';
import { editYaml } from '../yaml/edit.ts';
import { YamlError } from '../yaml/error.ts';
import { looksKilled } from '../yaml/kill.ts';
import type { World } from './world.ts';

export interface Edited {
  /** The sources as they are with the edits made. */
  readonly sources: readonly RolloutSource[];
  readonly files: readonly FileChange[];
  /** Files that could not be edited without changing more than was meant: path → what to do. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Makes the edits of moves in the texts of rollout files and reads the results back. */
export function editSources(
  { config }: Pick<World, 'config'>,
  sources: readonly RolloutSource[],
  moves: readonly Pick<Move, 'edits'>[],
): Edited {
  const refused = new Map<string, string>();
  const files: FileChange[] = [];
  const byPath = new Map(moves.flatMap(({ edits }) => edits.map((edit) => [edit.path, edit])));
  const after = sources.map((source) => {
    const edit = byPath.get(source.path);
    if (!edit || source.text === undefined) return source;
    try {
      const text = edited(source.text, edit);
      if (text === source.text) return source;
      files.push({ path: source.path, text });
      // Of a file that is not parsed, nothing but its kill switch is new.
      return edit.kind === 'kill' && source.kind === 'invalid'
        ? { ...source, text, killed: true }
        : readRolloutFile(source.path, text, config);
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      refused.set(source.path, `${source.path}:${error.at.line}: ${error.message}`);
      return source;
    }
  });
  return { sources: refuseDuplicates(after), files, refused };
}

/** @throws YamlError where the edit would change more than is meant */
function edited(text: string, edit: FileEdit): string {
  switch (edit.kind) {
    case 'fields':
      return editYaml(text, edit.changes);
    case 'kill':
      return withKill(text);
  }
}

/**
 * Sets the kill switch in the text of a rollout file, however broken the file is: where it is no
 * YAML any more, the line is put on top, which is where a reader in a hurry looks for it.
 */
function withKill(text: string): string {
  try {
    return editYaml(text, [{ path: ['kill'], value: true }]);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
  }
  if (looksKilled(text)) return text;
  const [, mark = '', rest = ''] = /^(\uFEFF?)([\s\S]*)$/.exec(text) ?? [];
  const lineBreak = rest.includes('\r\n') ? '\r\n' : '\n';
  return `${mark}kill: true${lineBreak}${rest}`;
}
