import { type Actor, announce } from './announce.ts';
import { closeIssue } from './issues.ts';
import type { PullIssue, StoredRepository } from './repository.ts';

/** The repository a pull request's head branch is in. It may have been deleted. */
export function headRepository(
  repository: StoredRepository,
  { pull }: PullIssue,
): StoredRepository | undefined {
  return repository.world.repository(pull.headRepository);
}

/** Brings objects of a fork's branch here and sets `refs/pull/N/head`, as GitHub does at once. */
export async function followHead(repository: StoredRepository, issue: PullIssue): Promise<void> {
  const head = headRepository(repository, issue);
  const at = await head?.git.ref(`refs/heads/${issue.pull.headRef}`);
  if (head === undefined || at === undefined) return;
  const ref = `refs/pull/${issue.number}/head`;
  if (head !== repository && (await repository.git.info(at.oid)) === undefined) {
    await repository.git.git('fetch', '--quiet', head.git.dir, `+${at.oid}:${ref}`);
  }
  if ((await repository.git.ref(ref))?.oid !== at.oid) {
    await repository.git.git('update-ref', ref, at.oid);
  }
  issue.pull.headSha = at.oid;
}

/** Why a pull request cannot be opened again, in GitHub's words; undefined if it can. */
export async function refusesReopening(
  repository: StoredRepository,
  { number, pull }: PullIssue,
): Promise<string | undefined> {
  if (pull.mergedAt !== null) return '';
  const home = repository.world.repository(pull.headRepository);
  const head = await home?.git.ref(`refs/heads/${pull.headRef}`);
  if (home === undefined || head === undefined) return '';
  if (!(await home.git.isAncestor(pull.headSha, head.oid))) {
    return `The ${pull.headRef} branch was force-pushed or recreated.`;
  }
  const twin = repository
    .pulls()
    .find(
      (other) =>
        other.number !== number &&
        other.state === 'open' &&
        other.pull.headRepository === pull.headRepository &&
        other.pull.headRef === pull.headRef &&
        other.pull.baseRef === pull.baseRef,
    );
  return twin && `There is already an open pull request from ${pull.headRef}.`;
}

/** After a branch of `moved` changed: pull requests that come from it or go into it follow. */
export async function syncPulls(
  repository: StoredRepository,
  actor: Actor,
  moved: StoredRepository,
  ref: string,
): Promise<void> {
  const branch = ref.slice('refs/heads/'.length);
  const now = repository.world.now();
  for (const issue of repository.pulls()) {
    const { pull } = issue;
    if (issue.state !== 'open') continue;
    if (pull.headRef === branch && headRepository(repository, issue) === moved) {
      if ((await moved.git.ref(ref)) === undefined) {
        // A pull request whose branch is deleted is closed by GitHub.
        closeIssue(issue, actor, now);
        announce(repository, actor, {
          event: 'pull_request',
          action: 'closed',
          number: issue.number,
          sha: pull.headSha,
        });
        continue;
      }
      const before = pull.headSha;
      await followHead(repository, issue);
      if (before !== pull.headSha) {
        issue.updatedAt = now;
        announce(repository, actor, {
          event: 'pull_request',
          action: 'synchronize',
          number: issue.number,
          sha: pull.headSha,
        });
      }
    }
    if (moved === repository && pull.baseRef === branch) {
      const tip = (await repository.git.ref(ref))?.oid;
      if (tip === undefined) continue;
      // Whoever pushed the head into the base has merged the pull request.
      if (await repository.git.isAncestor(pull.headSha, tip)) {
        closeIssue(issue, actor, now);
        Object.assign(pull, { mergedAt: now, mergedBy: actor.account, mergeCommit: tip });
      }
    }
  }
}
