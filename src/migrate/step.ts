import type { Document } from '../yaml/document.ts';
import type { TextEdit } from '../yaml/edit.ts';
import type { Rename } from '../yaml/rename.ts';

/** A key to set, to remove or to rename. */
export type StepEdit = TextEdit | Rename;

/** How files of an older Sluice are rewritten for a newer one. */
export interface Step {
  /**
   * The version of the format that the files have before the step, and the one they have after it. They
   * are the same if only names changed, and the old ones are still read with a hint.
   */
  readonly from: number;
  readonly to: number;
  /** What it does, as a line of a commit message: `Call rules of the review by their new names`. */
  readonly says: string;
  /**
   * The edits that a file needs. A step says the same in other words: what a rollout serves, to whom
   * and under which checks is the same before it and after it. Files that need none get none, for a step
   * within a version is tried on every run.
   */
  readonly ofConfig: (document: Document) => readonly StepEdit[];
  readonly ofRollout: (document: Document) => readonly StepEdit[];
}

/** Which of the two files a text is. */
export type FileKind = 'config' | 'rollout';
