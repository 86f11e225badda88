import type { Oid } from '../../model/head.ts';

/** A path in a tree, as git has it. */
export interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly oid: Oid;
  readonly path: string;
  /** False where the path's bytes are not UTF-8; `path` then is only fit to be shown. */
  readonly exactPath: boolean;
}

/** A file's bytes, or why they cannot be had. */
export type Contents = Buffer | 'too-large' | 'filter-failed';
