/**
 * What GitHub acts on in a commit message, as its documentation has it: skipped workflows, references
 * to issues and commits (which close issues after "fixes" and the like), mentions, other authors.
 */
export const INSTRUCTS =
  /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]|skip-checks: ?true|(?:^|\W)@[a-z\d]|#\d|\bgh-\d|\w\/(?:issues|pull|discussions)\/\d|[\w.-]+\/[\w.-]+@[\da-f]{7,40}\b|^\s*[\w-]+-by:|co-authored-by:/im;
