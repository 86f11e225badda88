import { defined } from '../../defined.ts';
import type { Oid } from '../../model/head.ts';
import type { Closer, Proposal } from '../../model/proposal.ts';
import { namesOf, properName } from '../names.ts';
import { inPages, type Page } from './batches.ts';
import type { GitHubClient } from './client.ts';
import { GitHubError } from './error.ts';
import { isMadeBy, MADE_BY_FIELDS, type MadeBy } from './own-commit.ts';

/** What is asked of a pull request, wherever one is asked for. */
export const PULL_FIELDS = `id number url state createdAt headRefName headRefOid isCrossRepository baseRefName
  baseRepository { mergeCommitAllowed squashMergeAllowed defaultBranchRef { name } }
  body viewerDidAuthor author { __typename login } autoMergeRequest { enabledAt } labels(first: 50) { nodes { name } }
  headRef { target { oid } }
  commits(last: 1) { totalCount nodes { commit { message ${MADE_BY_FIELDS} } } }
  closures: timelineItems(itemTypes: [CLOSED_EVENT], last: 1) { nodes { ... on ClosedEvent { actor { __typename login } } } }`;

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
  readonly baseRefName: string;
  readonly baseRepository: {
    readonly mergeCommitAllowed: boolean;
    readonly squashMergeAllowed: boolean;
    readonly defaultBranchRef: { readonly name: string } | null;
  } | null;
  readonly body: string;
  readonly viewerDidAuthor: boolean;
  readonly author: Account | null;
  readonly autoMergeRequest: { readonly enabledAt: string } | null;
  readonly labels: { readonly nodes: readonly { readonly name: string }[] } | null;
  /** Its branch as it is now; absent where that was deleted. */
  readonly headRef: { readonly target: { readonly oid: Oid } | null } | null;
  readonly commits: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly commit: PullCommit }[];
  };
  /** When it was closed last; nobody did it whose account is gone. */
  readonly closures: { readonly nodes: readonly { readonly actor: Account | null }[] };
}

interface Account {
  readonly __typename: string;
  readonly login: string;
}

interface PullCommit extends MadeBy {
  readonly message: string;
}

/** Whether there is nothing but the bot's own commit in a pull request that it opened itself. */
export function isUntouched({ viewerDidAuthor, author, commits }: Pull): boolean {
  const [last] = commits.nodes;
  if (!viewerDidAuthor || !last || commits.totalCount !== 1) return false;
  return isMadeBy(last.commit, author?.login) && /^Rollout: /m.test(last.commit.message);
}

/**
 * Whether Sluice opened a pull request, for the branch that rollouts live on. Anyone who can push can
 * open one from a branch of any name, and retarget ours and merge it into a branch of their own.
 */
function isOurs(pull: Pull, base: string | undefined): boolean {
  return (
    pull.viewerDidAuthor &&
    !pull.isCrossRepository &&
    pull.baseRefName === (base ?? pull.baseRepository?.defaultBranchRef?.name)
  );
}

/** Whether a branch can be deleted and no person's commit is lost. */
export function isDisposable(pull: Pull): boolean {
  if (!pull.viewerDidAuthor || pull.headRef?.target?.oid !== pull.headRefOid) return false;
  return pull.state === 'MERGED' || isUntouched(pull);
}

/** Pull requests as one query lists them; there may be more than that. */
export interface Connection {
  readonly totalCount: number;
  readonly nodes: readonly Pull[];
}

/** What has the name of a proposal: Sluice's own, and everybody else's. A fork's is nobody's. */
export interface FoundPull {
  readonly own: readonly Pull[];
  readonly foreign: readonly Pull[];
}

/** Branches asked for in one query, to begin with. */
const PAGE = 100;
/** Branches below `rollout/revert/` that are looked at: a push can make any number of them. */
const MOST_BRANCHES = 1_000;
/** Of those, branches with so many pull requests that ours have to be searched for. */
const MOST_CROWDED = 10;

/**
 * What has the name of a revert and a branch that is there, in one query however many pull requests
 * the repository has.
 *
 * @param base the branch rollouts live on, unless it is the default branch
 */
export async function listProposals(
  client: GitHubClient,
  base: string | undefined,
  warn: (text: string) => void,
): Promise<readonly Proposal[]> {
  const pulls = new Map<string, Pull[]>();
  const refs = inPages(client, PAGE, async (place, query) => {
    const { repository } = await query<{ readonly repository: { readonly refs: RefPage | null } }>(
      `query ($owner: String!, $repo: String!, $first: Int!, $after: String) {
          repository(owner: $owner, name: $repo) {
            refs(refPrefix: "refs/heads/rollout/revert/", first: $first, after: $after) {
              nodes { prefix name associatedPullRequests(last: 5) { totalCount nodes { ${PULL_FIELDS} } } }
              pageInfo { hasNextPage endCursor }
            }
          }
        }`,
      { owner: client.owner, repo: client.repo, ...place },
    );
    return repository.refs;
  });
  let branches = 0;
  let crowded = 0;
  for await (const ref of refs) {
    branches += 1;
    if (branches > MOST_BRANCHES) break;
    const branch = `${ref.prefix}${ref.name}`.replace('refs/heads/', '');
    const listed = ref.associatedPullRequests;
    if (isCrowded(listed)) crowded += 1;
    const search = isCrowded(listed) && crowded <= MOST_CROWDED;
    const hidden = search ? await ownOfMany(client, branch, base, listed) : [];
    const known = pulls.get(properName(branch)) ?? [];
    pulls.set(properName(branch), [...known, ...listed.nodes, ...hidden]);
  }
  if (branches > MOST_BRANCHES || crowded > MOST_CROWDED) {
    const what =
      branches > MOST_BRANCHES
        ? `more than ${MOST_BRANCHES} branches below rollout/revert/`
        : `more than ${MOST_CROWDED} branches below rollout/revert/ with many pull requests`;
    warn(`there are ${what}, and only so many were looked at; delete what is not Sluice's`);
  }
  return [...pulls].flatMap(([branch, all]) => {
    const { own, foreign } = sorted(all, namesOf(branch), base);
    return [
      ...own.map((pull) => toProposal(pull, true)),
      ...foreign.slice(0, 1).map((pull) => toProposal(pull, false)),
    ];
  });
}

type RefPage = Page<{
  readonly prefix: string;
  readonly name: string;
  readonly associatedPullRequests: Connection;
}>;

/** Pull requests by whose they are, the newest first, each once, in whatever order GitHub lists them. */
export function sorted(
  pulls: readonly Pull[],
  names: readonly string[],
  base: string | undefined,
): FoundPull {
  const here = pulls.filter(
    ({ headRefName, isCrossRepository }) => !isCrossRepository && names.includes(headRefName),
  );
  const once = [...new Map(here.map((pull) => [pull.number, pull])).values()];
  const newestFirst = once.sort((a, b) => b.number - a.number);
  return {
    own: newestFirst.filter((pull) => isOurs(pull, base)),
    foreign: newestFirst.filter((pull) => !isOurs(pull, base)),
  };
}

export function toProposal(pull: Pull, ours: boolean): Proposal {
  const states = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const;
  const message = ours && isUntouched(pull) ? pull.commits.nodes[0]?.commit.message : undefined;
  const closedBy = closerOf(pull);
  return {
    branch: properName(pull.headRefName),
    state: states[pull.state],
    ours,
    ...defined({ message }),
    ...(closedBy ? { closedBy } : {}),
    ...(ours || !pull.author ? {} : { openedBy: pull.author.login }),
    openedAt: Date.parse(pull.createdAt),
    where: pull.url,
    disposable: isDisposable(pull),
  };
}

function closerOf({ state, closures, author, viewerDidAuthor }: Pull): Closer | undefined {
  const actor = state === 'CLOSED' ? closures.nodes.at(-1)?.actor : undefined;
  if (!actor) return undefined;
  const { __typename: type, login } = actor;
  if (viewerDidAuthor && author?.login === login && author.__typename === type) {
    return { kind: 'sluice' };
  }
  return { kind: type === 'User' ? 'person' : 'bot', login };
}

/** What has the name of a proposal, in whatever state, also if its branch is gone. */
export async function findPulls(
  client: GitHubClient,
  branch: string,
  base: string | undefined,
): Promise<FoundPull> {
  const names = namesOf(branch);
  const declared = names.map((_, i) => `$b${i}: String!`).join(', ');
  const fields = names.map((_, i) => `p${i}: ${pullsOf(`$b${i}`)}`).join('\n');
  const { repository } = await client.query<{
    readonly repository: Readonly<Record<string, Connection>>;
  }>(
    `query ($owner: String!, $repo: String!, ${declared}) {
      repository(owner: $owner, name: $repo) { ${fields} }
    }`,
    {
      owner: client.owner,
      repo: client.repo,
      ...Object.fromEntries(names.map((name, i) => [`b${i}`, name])),
    },
  );
  const pulls: Pull[] = [];
  for (const [i, name] of names.entries()) {
    const listed = repository[`p${i}`];
    if (!listed) continue;
    pulls.push(...listed.nodes);
    if (isCrowded(listed)) pulls.push(...(await ownOfMany(client, name, base, listed)));
  }
  return sorted(pulls, names, base);
}

/** The newest pull requests of a branch, as a field of a query. */
export const pullsOf = (variable: string): string =>
  `pullRequests(headRefName: ${variable}, first: 5, orderBy: {field: CREATED_AT, direction: DESC}) {
    totalCount nodes { ${PULL_FIELDS} }
  }`;

/** Whether some of ours may be behind those that are listed: anyone can open newer ones. */
export const isCrowded = ({ nodes, totalCount }: Connection): boolean => totalCount > nodes.length;

/** Pages of a hundred that are searched for ours, and how many of ours are read. */
const MOST_PAGES = 10;
const MOST_OWN = 10;

/**
 * Sluice's newest pull requests of a branch from which others have opened many. Only those into the
 * base are searched: of these there is one that is open at a time, so none can be put before ours.
 */
async function ownOfMany(
  client: GitHubClient,
  branch: string,
  base: string | undefined,
  { nodes: [listed] }: Connection,
): Promise<readonly Pull[]> {
  const into = base ?? listed?.baseRepository?.defaultBranchRef?.name;
  const own: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES && own.length < MOST_OWN; page += 1) {
    const answer: { readonly repository: { readonly pullRequests: BriefPage } } =
      await client.query(
        `query ($owner: String!, $repo: String!, $branch: String!, $into: String, $after: String) {
          repository(owner: $owner, name: $repo) {
            pullRequests(headRefName: $branch, baseRefName: $into, first: 100, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
              nodes { url viewerDidAuthor isCrossRepository }
              pageInfo { hasNextPage endCursor }
            }
          }
        }`,
        { owner: client.owner, repo: client.repo, branch, into, after },
      );
    const { nodes, pageInfo } = answer.repository.pullRequests;
    own.push(
      ...nodes
        .filter((pull) => pull.viewerDidAuthor && !pull.isCrossRepository)
        .map(({ url }) => url),
    );
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  const pulls: Pull[] = [];
  for (const url of own.slice(0, MOST_OWN)) {
    const pull = await readPull(client, url);
    if (pull) pulls.push(pull);
  }
  return pulls;
}

type BriefPage = Page<Pick<Pull, 'url' | 'viewerDidAuthor' | 'isCrossRepository'>>;

/** One pull request as it is now, by its address; `undefined` if there is none. */
export async function readPull(client: GitHubClient, where: string): Promise<Pull | undefined> {
  const number = Number(/\/pull\/(\d+)$/.exec(where)?.[1]);
  if (!Number.isSafeInteger(number)) return undefined;
  try {
    const { repository } = await client.query<{
      readonly repository: { readonly pullRequest: Pull | null };
    }>(
      `query ($owner: String!, $repo: String!, $number: Int!) {
        repository(owner: $owner, name: $repo) { pullRequest(number: $number) { ${PULL_FIELDS} } }
      }`,
      { owner: client.owner, repo: client.repo, number },
    );
    return repository.pullRequest ?? undefined;
  } catch (error) {
    if (error instanceof GitHubError && error.code === 'not-found') return undefined;
    throw error;
  }
}
