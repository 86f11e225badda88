import type { Oid, Proposal } from '../forge.ts';
import { inPages, type Page } from './batches.ts';
import type { GitHubClient } from './client.ts';

/** What is asked of a pull request, wherever one is asked for. */
export const PULL_FIELDS = `id number url state createdAt headRefName headRefOid isCrossRepository
  baseRepository { mergeCommitAllowed squashMergeAllowed }
  body viewerDidAuthor author { login } autoMergeRequest { enabledAt } labels(first: 50) { nodes { name } }
  headRef { target { oid } }
  commits(last: 1) { totalCount nodes { commit { message author { name user { login } } signature { isValid wasSignedByGitHub } } } }`;

/** A pull request, as the queries here ask for it. */
export interface Pull {
  readonly id: string;
  readonly number: number;
  readonly url: string;
  readonly state: 'OPEN' | 'CLOSED' | 'MERGED';
  readonly createdAt: string;
  readonly headRefName: string;
  readonly headRefOid: Oid;
  readonly isCrossRepository: boolean;
  readonly baseRepository: {
    readonly mergeCommitAllowed: boolean;
    readonly squashMergeAllowed: boolean;
  } | null;
  readonly body: string;
  readonly viewerDidAuthor: boolean;
  readonly author: { readonly login: string } | null;
  readonly autoMergeRequest: { readonly enabledAt: string } | null;
  readonly labels: { readonly nodes: readonly { readonly name: string }[] } | null;
  /** Its branch as it is now; absent where that was deleted. */
  readonly headRef: { readonly target: { readonly oid: Oid } | null } | null;
  readonly commits: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly commit: PullCommit }[];
  };
}

interface PullCommit {
  readonly message: string;
  /** A bot is no user here: it only has a name. */
  readonly author: {
    readonly name: string | null;
    readonly user: { readonly login: string } | null;
  } | null;
  readonly signature: { readonly isValid: boolean; readonly wasSignedByGitHub: boolean } | null;
}

/**
 * Whether there is nothing but the bot's own commit in a pull request that it opened itself. Anybody
 * who pushes can write its name into a commit; GitHub's signature is only on what was made through
 * its API by the one that the commit names.
 */
export function isUntouched({ viewerDidAuthor, author, commits }: Pull): boolean {
  const [last] = commits.nodes;
  if (!viewerDidAuthor || !last || commits.totalCount !== 1) return false;
  const { message, author: by, signature } = last.commit;
  if (!signature?.isValid || !signature.wasSignedByGitHub) return false;
  const writer = by?.user?.login ?? by?.name?.replace(/\[bot\]$/, '');
  return writer === author?.login && /^Rollout: /m.test(message);
}

/** Whether a branch can be deleted and no person's commit is lost. */
export function isDisposable(pull: Pull): boolean {
  if (pull.headRef?.target?.oid !== pull.headRefOid) return false;
  return pull.state === 'MERGED' || isUntouched(pull);
}

export interface Connection {
  readonly nodes: readonly Pull[];
}

/** Branches asked for in one query, to begin with. */
const PAGE = 100;

/** Every revert whose branch is there, by its branch, for a repository may have many pull requests. */
export async function listProposals(client: GitHubClient): Promise<readonly Proposal[]> {
  const proposals: Proposal[] = [];
  const refs = inPages(client, PAGE, async (place, query) => {
    const { repository } = await query<{ readonly repository: { readonly refs: RefPage | null } }>(
      `query ($owner: String!, $repo: String!, $first: Int!, $after: String) {
          repository(owner: $owner, name: $repo) {
            refs(refPrefix: "refs/heads/rollout/revert/", first: $first, after: $after) {
              nodes { prefix name associatedPullRequests(last: 5) { nodes { ${PULL_FIELDS} } } }
              pageInfo { hasNextPage endCursor }
            }
          }
        }`,
      { owner: client.owner, repo: client.repo, ...place },
    );
    return repository.refs;
  });
  for await (const ref of refs) {
    const branch = `${ref.prefix}${ref.name}`.replace('refs/heads/', '');
    const pull = ours(ref.associatedPullRequests.nodes, branch);
    if (pull) proposals.push(toProposal(pull));
  }
  return proposals;
}

type RefPage = Page<{
  readonly prefix: string;
  readonly name: string;
  readonly associatedPullRequests: Connection;
}>;

/**
 * The newest pull request of a branch of this repository, in whatever order they come: GitHub lists
 * those of a branch oldest first. One from a fork is nobody's revert.
 */
export function ours(pulls: readonly Pull[], branch: string): Pull | undefined {
  return pulls
    .filter(({ headRefName, isCrossRepository }) => headRefName === branch && !isCrossRepository)
    .reduce<Pull | undefined>(
      (newest, pull) => (newest && newest.number > pull.number ? newest : pull),
      undefined,
    );
}

export function toProposal(pull: Pull): Proposal {
  const states = { OPEN: 'open', CLOSED: 'declined', MERGED: 'merged' } as const;
  return {
    branch: pull.headRefName,
    state: states[pull.state],
    openedAt: Date.parse(pull.createdAt),
    where: pull.url,
    disposable: isDisposable(pull),
  };
}

/** The pull request of a branch, in whatever state, also where the branch is gone. */
export async function findPull(client: GitHubClient, branch: string): Promise<Pull | undefined> {
  const { repository } = await client.query<{
    readonly repository: { readonly pullRequests: Connection };
  }>(
    `query ($owner: String!, $repo: String!, $branch: String!) {
      repository(owner: $owner, name: $repo) {
        pullRequests(headRefName: $branch, first: 5, orderBy: {field: CREATED_AT, direction: DESC}) {
          nodes { ${PULL_FIELDS} }
        }
      }
    }`,
    { owner: client.owner, repo: client.repo, branch },
  );
  return ours(repository.pullRequests.nodes, branch);
}
