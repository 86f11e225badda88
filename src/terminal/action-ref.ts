import { UsageError } from './options.ts';

/** A name between two slashes: of an owner, a repository or a folder. */
const isName = (name: string): boolean => /^[\w.-]+$/.test(name) && name !== '.' && name !== '..';

/**
 * The action that workflows are to use: `owner/name@<commit>`, a folder of it too, or a path in the
 * repository itself. It gets a token that can write, so it must be named by what cannot change: a tag
 * or a branch can be moved to other code at any time.
 *
 * @throws UsageError that says how to find the commit
 */
export function pinnedAction(action: string | undefined): string {
  if (action === undefined) {
    throw new UsageError(
      'init writes workflows that give an action a token that can write, so it needs one that is pinned: --action owner/sluice@<commit>. `git ls-remote https://github.com/owner/sluice HEAD` prints the commit. For an action in this very repository, write --action ./',
    );
  }
  if (isLocal(action)) return action;
  const [path = '', ref, ...rest] = action.split('@');
  const names = path.split('/');
  const isAction = names.length >= 2 && names.every(isName) && rest.length === 0;
  if (!isAction || (ref !== undefined && !/^[\w./-]+$/.test(ref))) {
    throw new UsageError(
      `--action ${action} does not name an action; write it as owner/sluice@<commit>, or ./ for one in this repository`,
    );
  }
  if (ref !== undefined && /^[0-9a-f]{40}$/.test(ref)) return action;
  const repository = `https://github.com/${names.slice(0, 2).join('/')}`;
  const look = ref === undefined ? 'HEAD' : `'${ref}' '${ref}^{}'`;
  throw new UsageError(
    `--action ${action} is not pinned to a commit, and a tag or a branch can be moved to other code. Write --action ${path}@<commit>: \`git ls-remote ${repository} ${look}\` prints it (of two lines, take the one that ends in ^{})`,
  );
}

/** `./`, or a folder below it. */
function isLocal(action: string): boolean {
  const [here, ...names] = action.split('/');
  return here === '.' && (names.join('') === '' ? names.length === 1 : names.every(isName));
}
