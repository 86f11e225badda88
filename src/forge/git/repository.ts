import { ForgeError } from '../error.ts';
import { type Git, type GitPlace, gitIn, gitSaid } from './process.ts';
import { readRef } from './refs.ts';

export interface OpenedRepository {
  /** Its git folder, absolute. */
  readonly gitDir: string;
  /** A branch with at least one commit, without `refs/heads/`. */
  readonly branch: string;
}

/**
 * Finds the repository `dir` lies in and the branch to work on.
 *
 * @throws ForgeError `git-missing`, `not-a-repository`, `detached-head`, `no-commits`,
 *   `unknown-branch`, `bad-branch`.
 */
export async function openRepository(
  dir: string,
  branch: string | undefined,
  onSpawn: GitPlace['onSpawn'],
): Promise<OpenedRepository> {
  const git = gitIn({ cwd: dir, onSpawn });
  const found = await git.run(['rev-parse', '--absolute-git-dir']);
  if (found.code !== 0) {
    const next = /dubious ownership/.test(found.stderr)
      ? `If you trust it: git config --global --add safe.directory ${dir}`
      : 'Run this inside a git repository, or git init one';
    throw new ForgeError(
      'not-a-repository',
      `git does not open ${dir} as a repository: ${gitSaid(found)}. ${next}.`,
    );
  }
  const gitDir = found.stdout.toString('utf8').replace(/\n$/, '');
  return { gitDir, branch: await chooseBranch(git, dir, branch) };
}

async function chooseBranch(git: Git, dir: string, named: string | undefined): Promise<string> {
  const head = await git.run(['symbolic-ref', '--quiet', 'HEAD']);
  const current = head.stdout
    .toString('utf8')
    .trimEnd()
    .replace(/^refs\/heads\//, '');
  const branch = named ?? current;
  if (branch === '') {
    throw new ForgeError(
      'detached-head',
      `No branch is checked out in ${dir} (its HEAD is detached). Name the branch rollouts live on, or git switch to it.`,
    );
  }
  const ref = `refs/heads/${branch}`;
  const valid = await git.run(['check-ref-format', ref]);
  if (valid.code !== 0) {
    throw new ForgeError(
      'bad-branch',
      `${JSON.stringify(branch)} is not a name git takes for a branch. Check its spelling.`,
    );
  }
  if (await readRef(git, ref)) return branch;
  if (branch === current) {
    throw new ForgeError(
      'no-commits',
      `The branch ${branch} in ${dir} has no commits yet. Commit something first, for example: git commit --allow-empty -m init`,
    );
  }
  throw new ForgeError(
    'unknown-branch',
    `There is no branch ${branch} in ${dir}. Check its spelling, or create it.`,
  );
}
