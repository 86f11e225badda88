import { type Actor, announce } from './announce.ts';
import { signature, WEB_FLOW } from './authors.ts';
import { moveRef } from './branches.ts';
import { closeIssue } from './issues.ts';
import type { Account, MergeMethod } from './model.ts';
import { followHead } from './pulls.ts';
import type { PullIssue, StoredRepository } from './repository.ts';
import { refusesMerge, rulesFor, sentence } from './rules.ts';

export type MergeState = 'clean' | 'dirty' | 'blocked' | 'unstable' | 'draft' | 'unknown';

/** How a pull request stands, as `mergeable` and `mergeable_state` tell it. */
export interface Mergeability {
  readonly mergeable: boolean;
  readonly state: MergeState;
  /** The test merge commit, which `refs/pull/N/merge` points to and workflows check out. */
  readonly merge: string | undefined;
}

export async function mergeability(
  repository: StoredRepository,
  issue: PullIssue,
): Promise<Mergeability> {
  const { pull } = issue;
  if (issue.state !== 'open') return { mergeable: false, state: 'unknown', merge: undefined };
  const base = await repository.git.ref(`refs/heads/${pull.baseRef}`);
  const tree = base && (await repository.git.merge(base.oid, pull.headSha));
  if (base === undefined || tree === undefined) {
    return { mergeable: false, state: 'dirty', merge: undefined };
  }
  const ref = `refs/pull/${issue.number}/merge`;
  const known = await repository.git.commit(ref);
  let merge = known?.oid;
  if (known?.parents[0] !== base.oid || known.parents[1] !== pull.headSha) {
    const at = repository.world.now();
    merge = await repository.git.writeCommit({
      tree,
      parents: [base.oid, pull.headSha],
      author: signature(issue.user, at),
      committer: { ...WEB_FLOW, at },
      message: `Merge ${pull.headSha} into ${base.oid}`,
    });
    await repository.git.git('update-ref', ref, merge);
  }
  return { mergeable: true, state: stateOf(repository, issue), merge };
}

function stateOf(repository: StoredRepository, issue: PullIssue): MergeState {
  const { pull } = issue;
  if (pull.draft) return 'draft';
  if (refusesMerge(repository, pull.baseRef, pull.headSha, pull.approvals.size) !== undefined) {
    return 'blocked';
  }
  const required = rulesFor(repository, pull.baseRef).flatMap((rule) => rule.requiredChecks ?? []);
  const checks = repository.checks.get(pull.headSha) ?? new Map<string, string>();
  const unhappy = [...checks].some(
    ([context, result]) => !required.includes(context) && result !== 'success',
  );
  return unhappy ? 'unstable' : 'clean';
}

export type Merged =
  | { readonly kind: 'merged'; readonly sha: string }
  | { readonly kind: 'moved' }
  | { readonly kind: 'refused'; readonly message: string };

export interface MergeOptions {
  readonly method: MergeMethod;
  readonly sha?: string | undefined;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
}

const NOT_ALLOWED: Readonly<Record<MergeMethod, string>> = {
  merge: 'Merge commits are not allowed on this repository.',
  squash: 'Squash merges are not allowed on this repository.',
  rebase: 'Rebase merges are not allowed on this repository.',
};

/** Merges a pull request, or says in GitHub's words why not. */
export async function mergePull(
  repository: StoredRepository,
  issue: PullIssue,
  actor: Actor,
  options: MergeOptions,
): Promise<Merged> {
  const { pull } = issue;
  const { git, world } = repository;
  if (issue.state !== 'open') return { kind: 'refused', message: 'Pull Request is not mergeable' };
  await followHead(repository, issue);
  if (options.sha !== undefined && options.sha !== pull.headSha) return { kind: 'moved' };
  if (pull.draft) return { kind: 'refused', message: 'Pull Request is still a draft' };
  if (!repository.settings.mergeMethods.includes(options.method)) {
    return { kind: 'refused', message: NOT_ALLOWED[options.method] };
  }
  const refusal = refusesMerge(repository, pull.baseRef, pull.headSha, pull.approvals.size);
  if (refusal !== undefined) return { kind: 'refused', message: sentence(refusal) };
  const { mergeable } = await mergeability(repository, issue);
  const ref = `refs/heads/${pull.baseRef}`;
  const base = await git.ref(ref);
  const tree = base && (await git.merge(base.oid, pull.headSha));
  if (!mergeable || base === undefined || tree === undefined) {
    return { kind: 'refused', message: 'Pull Request is not mergeable' };
  }
  if (options.method === 'rebase') throw new Error('the test server does not rebase');

  const at = world.now();
  const title =
    options.title ??
    (options.method === 'squash'
      ? `${issue.title} (#${issue.number})`
      : `Merge pull request #${issue.number} from ${pull.headOwner}/${pull.headRef}`);
  const body = options.message ?? (options.method === 'squash' ? '' : issue.title);
  const sha = await git.writeCommit({
    tree,
    parents: options.method === 'squash' ? [base.oid] : [base.oid, pull.headSha],
    author: signature(options.method === 'squash' ? issue.user : actor.account, at),
    committer: { ...WEB_FLOW, at },
    message: body === '' ? title : `${title}\n\n${body}`,
  });
  repository.signed.add(sha);
  // Marked first: the ref's move would otherwise find an open pull request that is in its base.
  closeIssue(issue, actor, at);
  Object.assign(pull, { mergedAt: at, mergedBy: actor.account, mergeCommit: sha, autoMerge: null });
  await moveRef(repository, actor, ref, sha, base.oid);
  announce(repository, actor, {
    event: 'pull_request',
    action: 'closed',
    number: issue.number,
    sha: pull.headSha,
  });
  if (repository.settings.deleteBranchOnMerge && pull.headRepository === repository.fullName) {
    await moveRef(repository, actor, `refs/heads/${pull.headRef}`, undefined, pull.headSha);
  }
  return { kind: 'merged', sha };
}

/** Merges what waits with auto-merge and has nothing left to wait for. */
export async function mergeWaiting(repository: StoredRepository): Promise<void> {
  for (const issue of repository.pulls()) {
    const { autoMerge } = issue.pull;
    if (autoMerge === null || issue.state !== 'open') continue;
    const actor: Actor = {
      account: autoMerge.by,
      kind: kindOf(autoMerge.by),
    };
    await mergePull(repository, issue, actor, autoMerge);
  }
}

function kindOf({ login, type }: Account): Actor['kind'] {
  if (type !== 'Bot') return 'user';
  return login === 'github-actions[bot]' ? 'actions' : 'app';
}

/** Why auto-merge cannot be switched on; undefined where it can. */
export async function refusesAutoMerge(
  repository: StoredRepository,
  issue: PullIssue,
  method: MergeMethod,
): Promise<string | undefined> {
  if (!repository.settings.allowAutoMerge) {
    return 'Pull request Auto merge is not allowed for this repository';
  }
  if (!repository.settings.mergeMethods.includes(method)) return NOT_ALLOWED[method];
  if (issue.state !== 'open') return 'Pull request Pull request is closed';
  await followHead(repository, issue);
  const { state } = await mergeability(repository, issue);
  // Nothing to wait for, or nothing that waiting would help: both are refused.
  if (state === 'clean' || state === 'unstable' || state === 'draft') {
    return `Pull request Pull request is in ${state} status`;
  }
  return undefined;
}
