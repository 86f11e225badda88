import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { coveringPaths } from './names.ts';
import { type Git, type GitPlace, gitIn, records } from './process.ts';
import { inTheWay, sameAs } from './work-files.ts';

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
  const edited = await editedPaths(checkout, paths);
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

/**
 * Which of `paths` differ between HEAD, the index and the work tree, by content: what a filter or
 * the line endings alone make different was typed by nobody.
 */
async function editedPaths(
  { git, top }: Checkout,
  paths: readonly string[],
): Promise<readonly string[]> {
  const asked = new Set(paths);
  const status = ['status', '--porcelain=v1', '-z', '--no-renames'];
  const output = await git.output([
    ...status,
    '--untracked-files=no',
    '--ignore-submodules=all',
    '--',
    ...coveringPaths(paths),
  ]);
  const edited = records(output)
    .map((record) => ({ how: record.toString('latin1', 0, 2), path: record.toString('utf8', 3) }))
    .filter(({ path }) => asked.has(path));
  const doubtful = edited.filter(({ how }) => how === ' M').map(({ path }) => path);
  if (doubtful.length === 0) return edited.map(({ path }) => path);
  // Not staged: the index has what HEAD has.
  const staged = await git.output(['ls-files', '-z', '--stage', '--', ...coveringPaths(doubtful)]);
  const compared = records(staged).flatMap((record) => {
    const [entry = '', path = ''] = record.toString('utf8').split(/\t(.*)/s);
    return doubtful.includes(path) ? [{ path, oids: [entry.split(' ')[1] ?? ''] }] : [];
  });
  const same = await sameAs(git, top, compared);
  return edited.map(({ path }) => path).filter((path) => (same.get(path) ?? []).length === 0);
}

/** Files git does not know (ignored ones too: git would overwrite those without a word). */
async function untrackedInTheWay(
  { git, top }: Checkout,
  paths: readonly string[],
): Promise<string | undefined> {
  const output = await git.output(['ls-files', '-z', '--', ...coveringPaths(paths)]);
  const tracked = new Set(records(output).map((path) => path.toString('utf8')));
  for (const path of paths.filter((candidate) => !tracked.has(candidate))) {
    const step = await inTheWay(top, path, (each) => tracked.has(each));
    if (step === undefined) continue;
    return `${step} is in the way: it is in the work tree but not in git; commit or move it, then run again`;
  }
  return undefined;
}
