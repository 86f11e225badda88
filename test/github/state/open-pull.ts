import { type Actor, announce } from './announce.ts';
import { longestBody } from './issues.ts';
import type { Pull } from './model.ts';
import { followHead } from './pulls.ts';
import { invalid, RequestError } from './refusal.ts';
import type { PullIssue, StoredRepository } from './repository.ts';

export interface NewPull {
  /** A branch here, or `owner:branch` of a fork. */
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string | null;
  readonly draft?: boolean;
  readonly maintainerCanModify?: boolean;
}

/** Opens a pull request, refusing what GitHub refuses. */
export async function openPull(
  repository: StoredRepository,
  actor: Actor,
  request: NewPull,
): Promise<PullIssue> {
  const { world, git, owner } = repository;
  if (actor.kind === 'actions' && !repository.settings.allowActionsToCreatePullRequests) {
    throw new RequestError(
      403,
      'GitHub Actions is not permitted to create or approve pull requests.',
    );
  }
  const [first = '', second] = request.head.split(':');
  const headOwner = second === undefined ? owner.login : first;
  const branch = second ?? first;
  const home =
    headOwner.toLowerCase() === owner.login.toLowerCase()
      ? repository
      : [...world.repositories.values()].find(
          (one) =>
            one.parent === repository && one.owner.login.toLowerCase() === headOwner.toLowerCase(),
        );
  const head = await home?.git.ref(`refs/heads/${branch}`);
  if (home === undefined || head === undefined) {
    throw invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' });
  }
  const base = await git.ref(`refs/heads/${request.base}`);
  if (base === undefined) {
    throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
  }
  const twin = repository
    .pulls()
    .find(
      ({ state, pull }) =>
        state === 'open' &&
        pull.headRepository === home.fullName &&
        pull.headRef === branch &&
        pull.baseRef === request.base,
    );
  if (twin !== undefined) throw custom(`A pull request already exists for ${headOwner}:${branch}.`);

  const now = world.now();
  const pull: Pull = {
    headRepository: home.fullName,
    headOwner,
    headRef: branch,
    headSha: head.oid,
    baseRef: request.base,
    baseSha: base.oid,
    draft: request.draft ?? false,
    maintainerCanModify: home === repository ? false : (request.maintainerCanModify ?? true),
    mergedAt: null,
    mergedBy: null,
    mergeCommit: null,
    autoMerge: null,
    reviewers: [],
    teamReviewers: [],
    approvals: new Set(),
  };
  const issue: PullIssue = {
    id: world.nextId(),
    number: repository.nextNumber(),
    user: actor.account,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closures: [],
    title: request.title,
    body: longestBody(request.body),
    state: 'open',
    stateReason: null,
    labels: [],
    assignees: [],
    pull,
  };
  await followHead(repository, issue);
  if (await git.isAncestor(head.oid, base.oid)) {
    throw custom(`No commits between ${request.base} and ${request.head}`);
  }
  repository.issues.set(issue.number, issue);
  announce(repository, actor, {
    event: 'pull_request',
    action: 'opened',
    number: issue.number,
    sha: head.oid,
  });
  return issue;
}

function custom(message: string): RequestError {
  return invalid({ resource: 'PullRequest', code: 'custom', message });
}
