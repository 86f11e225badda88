import { existsSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Oid } from './forge.ts';
import { coveringPaths, foldersOf } from './git-names.ts';
import { type Git, type GitPlace, gitIn, gitSaid, records } from './git-process.ts';

/** A work tree in which the branch is checked out. */
export interface Checkout {
  /** Its top folder. */
  readonly top: string;
  /** Its own git folder: for a linked work tree, the one under `.git/worktrees/`. */
  readonly gitDir: string;
  readonly git: Git;
}

/**
 * The work tree among `candidates` in which `ref` is checked out. A bare repository's folder, one
 * that is gone, or one in the middle of a rebase (its HEAD is detached) is none.
 */
export async function findCheckout(
  ref: string,
  candidates: readonly string[],
  onSpawn: GitPlace['onSpawn'],
): Promise<Checkout | undefined> {
  for (const folder of candidates.filter((candidate) => existsSync(candidate))) {
    const git = gitIn({ cwd: folder, onSpawn });
    const inside = await git.run(['rev-parse', '--is-inside-work-tree']);
    if (inside.stdout.toString('latin1').trim() !== 'true') continue;
    const head = await git.run(['symbolic-ref', '--quiet', 'HEAD']);
    if (head.stdout.toString('utf8').trimEnd() !== ref) continue;
    const top = oneLine(await git.output(['rev-parse', '--show-toplevel']));
    const gitDir = oneLine(await git.output(['rev-parse', '--absolute-git-dir']));
    return { top, gitDir, git: gitIn({ cwd: top, gitDir, onSpawn }) };
  }
  return undefined;
}

/** A path git printed on a line of its own; a folder's name may itself hold a newline. */
function oneLine(output: Buffer): string {
  return output.toString('utf8').replace(/\n$/, '');
}

/**
 * What in the work tree forbids changing these paths, in a sentence, or `undefined`. Only the paths
 * themselves count: whatever else the user is working on is no hindrance.
 */
export async function obstacle(
  checkout: Checkout,
  paths: readonly string[],
): Promise<string | undefined> {
  const { git, gitDir } = checkout;
  if (!(await isFree(join(gitDir, 'index.lock')))) {
    return `another git process holds ${join(gitDir, 'index.lock')}; wait for it (remove the file if none is running), then run again`;
  }
  const [unmerged] = records(await git.output(['ls-files', '-z', '--unmerged']));
  if (unmerged !== undefined) {
    const path = unmerged.toString('utf8').split('\t')[1];
    return `${path} has an unresolved merge conflict; finish or abort the merge, then run again`;
  }
  const edited = await editedPaths(git, paths);
  const [first] = edited;
  if (first !== undefined) {
    const others = edited.length - 1;
    const which = others > 0 ? `${first} and ${others} more have` : `${first} has`;
    return `${which} local edits that are not committed; commit or stash them, then run again`;
  }
  return untrackedInTheWay(checkout, paths);
}

/** Waits a second at most for a lock file to go. */
async function isFree(lock: string): Promise<boolean> {
  for (let wait = 0; wait < 20; wait += 1) {
    if (!existsSync(lock)) return true;
    await sleep(50);
  }
  return false;
}

/** Which of `paths` differ between HEAD, the index and the work tree, by content. */
async function editedPaths(git: Git, paths: readonly string[]): Promise<readonly string[]> {
  const asked = new Set(paths);
  const status = ['status', '--porcelain=v1', '-z', '--no-renames'];
  const output = await git.output([
    ...status,
    '--untracked-files=no',
    '--ignore-submodules=all',
    '--',
    ...coveringPaths(paths),
  ]);
  return records(output)
    .map((record) => record.toString('utf8', 3))
    .filter((path) => asked.has(path));
}

/** Files git does not know (ignored ones too: git would overwrite those without a word). */
async function untrackedInTheWay(
  { git, top }: Checkout,
  paths: readonly string[],
): Promise<string | undefined> {
  const output = await git.output(['ls-files', '-z', '--', ...coveringPaths(paths)]);
  const tracked = new Set(records(output).map((path) => path.toString('utf8')));
  for (const path of paths.filter((candidate) => !tracked.has(candidate))) {
    for (const step of [...foldersOf(path), path]) {
      const found = await lstat(join(top, step)).catch(() => undefined);
      // A tracked file that makes room for a folder has nothing of the user's below it.
      if (!found || tracked.has(step)) break;
      if (step !== path && found.isDirectory()) continue;
      return `${step} is in the way: it is in the work tree but not in git; commit or move it, then run again`;
    }
  }
  return undefined;
}

const ATTEMPTS = 8;

/**
 * Brings index and work tree from one commit to where the branch is now, for exactly the paths that
 * differ between the two; local edits elsewhere stay. All or nothing, and where it was done already,
 * nothing.
 *
 * The branch is asked afresh each time: another process may move it on, and bring the work tree
 * along itself, while this one is at it.
 *
 * @returns where it could not be done, a sentence on what that means, or `undefined`.
 */
export async function bringAlong(
  { git, top }: Checkout,
  from: Oid,
  branchNow: () => Promise<Oid>,
): Promise<string | undefined> {
  let base = from;
  for (let attempt = 1; ; attempt += 1) {
    const target = await branchNow();
    // A file that was touched but not edited would be taken for edited. Its exit code says no more
    // than that there are edits somewhere.
    await git.run(['update-index', '-q', '--refresh']);
    const result = await git.run(['read-tree', '-m', '-u', base, target], { uninterrupted: true });
    if (result.code === 0) {
      if ((await branchNow()) === target) return undefined;
      base = target;
    }
    if (attempt === ATTEMPTS) {
      return `the commit is made, but the files in ${top} could not follow it: ${gitSaid(result)}. Until they do, git status shows the commit being undone. The next run tries again, or run git read-tree -m -u ${base} HEAD there`;
    }
    // Most likely the user's editor, or another tick, has the index locked.
    if (result.code !== 0) await sleep(25 * attempt);
  }
}
