/** A forge that gave no answer, whichever it is. The message says why and what to do next. */
export abstract class ForgeFailure extends Error {
  abstract readonly code: string;
}

/** What can be wrong with a forge itself, as opposed to an outcome of using it (stale, refused). */
export type ForgeErrorCode =
  | 'git-missing' // no git program to run
  | 'not-a-repository' // the folder is no git repository, or git will not open it
  | 'detached-head' // no branch is checked out, and none was named
  | 'no-commits' // the branch is unborn
  | 'unknown-branch'
  | 'unknown-commit' // not a commit id, or one this repository does not have
  | 'bad-path' // a path that cannot be a file of the repository
  | 'bad-branch' // a name git does not take, or a proposal outside rollout/revert/
  | 'git-failed'; // git said no to something it should have done

/**
 * A forge that cannot do its work. The message says what happened and what to do next, and is fit
 * to be shown to a person as it is; `code` is for programs.
 */
export class ForgeError extends ForgeFailure {
  override readonly name = 'ForgeError';
  readonly code: ForgeErrorCode;

  constructor(code: ForgeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
