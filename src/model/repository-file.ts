/** A regular file in a commit. Symlinks and submodules are listed by `read` as refused, never followed. */
export interface RepositoryFile {
  readonly path: string;
  readonly text: string;
}

/** A path that is wanted but was not read, and why. */
export interface RefusedFile {
  readonly path: string;
  readonly reason:
    | 'symlink'
    | 'submodule'
    | 'too-large'
    | 'not-utf8'
    /** Its content is with Git LFS, and not in the repository. */
    | 'lfs-pointer'
    /** Its filter in `.gitattributes` gave no content. */
    | 'filter-failed'
    /** Asked for by name, and a folder is there. */
    | 'folder'
    /** Asked for by name, and a folder of its path is a file, a link or a submodule. */
    | 'below-a-file'
    /** The forge gave no answer about this file, and gave one about others. */
    | 'no-answer';
  /** What one that is not UTF-8 most likely says: to find a kill switch by, and for nothing else. */
  readonly text?: string;
}

/** An optional file that a commit was made without, and why. */
export interface LeftOut {
  readonly path: string;
  readonly why: string;
}
