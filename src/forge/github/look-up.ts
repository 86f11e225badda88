import type { Oid } from '../../model/head.ts';
import type { Instant } from '../../time.ts';
import type { Looked, Subject, Touch } from '../forge.ts';
import { inBatches, type Query } from './batches.ts';
import type { GitHubClient } from './client.ts';
import {
  type Connection,
  type FoundPull,
  findPulls,
  isCrowded,
  pullsOf,
  sorted,
  toProposal,
} from './pulls.ts';

/** What one query looks up at once, to begin with. */
const BATCH = 100;

/**
 * Pull requests asked of a commit. They come oldest first, and those that brought it to this branch
 * are older than those that took it on to others.
 */
const PULLS = 10;

/** A commit of the branch that rollouts live on, which is the default branch unless it is named. */
interface At {
  readonly branch: string | undefined;
  readonly oid: Oid;
}

/** For flags about to move: who touched their files, and what became of their reverts. */
export async function lookUpByApi(
  client: GitHubClient,
  at: At,
  subjects: readonly Subject[],
  limit: number,
): Promise<ReadonlyMap<string, Looked>> {
  const looked = await inBatches(
    client,
    subjects,
    BATCH,
    (batch, query) => lookUpBatch(client, query, at, batch, limit),
    ({ path }) => path,
  );
  const found = new Map<string, Looked>();
  for (const { path, revertBranch, touches, listed, home } of looked) {
    const { own } = await revertsIn(client, listed, revertBranch, home);
    found.set(path, { touches, proposals: own.map((pull) => toProposal(pull, true)) });
  }
  return found;
}

/** If others have the name of a revert or its branch, ours may go by another name, or be behind theirs. */
async function revertsIn(
  client: GitHubClient,
  listed: Connection,
  branch: string,
  home: string | undefined,
): Promise<FoundPull> {
  const found = sorted(listed.nodes, [branch], home);
  const isTaken = found.own.some(({ state, headRef, headRefOid }) => {
    const tip = state === 'CLOSED' ? headRef?.target?.oid : undefined;
    return tip !== undefined && tip !== headRefOid;
  });
  return found.foreign.length > 0 || isTaken || isCrowded(listed)
    ? findPulls(client, branch, home)
    : found;
}

interface LookedUp extends Subject, Pick<Looked, 'touches'> {
  /** Pull requests of its revert's name. */
  readonly listed: Connection;
  /** The branch rollouts live on. */
  readonly home: string | undefined;
}

async function lookUpBatch(
  { owner, repo }: Pick<GitHubClient, 'owner' | 'repo'>,
  query: Query,
  { branch, oid }: At,
  batch: readonly Subject[],
  limit: number,
): Promise<readonly LookedUp[]> {
  const names = batch.map((_, i) => `$p${i}: String!, $b${i}: String!`).join(', ');
  const histories = batch
    .map(
      (_, i) => `h${i}: history(first: ${limit}, path: $p${i}) {
          nodes { oid committedDate associatedPullRequests(first: ${PULLS}) { nodes { mergedAt baseRefName } } }
        }`,
    )
    .join('\n');
  const pulls = batch.map((_, i) => `r${i}: ${pullsOf(`$b${i}`)}`).join('\n');
  const variables = Object.fromEntries(
    batch.flatMap(({ path, revertBranch }, i) => [
      [`p${i}`, path],
      [`b${i}`, revertBranch],
    ]),
  );
  const { repository } = await query<{ readonly repository: Readonly<Record<string, unknown>> }>(
    `query ($owner: String!, $repo: String!, $oid: GitObjectID!, ${names}) {
        repository(owner: $owner, name: $repo) {
          defaultBranchRef { name }
          commit: object(oid: $oid) { ... on Commit { ${histories} } }
          ${pulls}
        }
      }`,
    { owner, repo, oid, ...variables },
    // Without the commit no file has a history, and no clock would start again.
    { missing: (answer) => (answer.repository.commit ? undefined : `the commit ${oid}`) },
  );
  const ref = repository.defaultBranchRef as { readonly name: string } | null;
  const home = branch ?? ref?.name;
  const commit = repository.commit as Readonly<Record<string, HistoryPage>>;
  return batch.map((subject, i) => ({
    ...subject,
    touches: (commit[`h${i}`]?.nodes ?? []).map((node) => toTouch(node, home)),
    listed: repository[`r${i}`] as Connection,
    home,
  }));
}

interface HistoryPage {
  readonly nodes: readonly {
    readonly oid: Oid;
    readonly committedDate: string;
    readonly associatedPullRequests: { readonly nodes: readonly Merge[] } | null;
  }[];
}

interface Merge {
  readonly mergedAt: string | null;
  readonly baseRefName: string;
}

/** When a commit reached the branch: GitHub's history knows the date it was made, a merge is later. */
function toTouch(
  { oid, committedDate, associatedPullRequests }: HistoryPage['nodes'][number],
  branch: string | undefined,
): Touch {
  const merged = mergedInto(branch, associatedPullRequests?.nodes ?? []);
  return { oid, at: Math.max(Date.parse(committedDate), merged) };
}

/**
 * When pull requests brought a commit to a branch; 0 if none did. One that went by way of others
 * (feature → dev → main) is in a pull request into each, and only the one into this branch counts.
 * Of several the last counts: a commit that was taken out and came back is as young as its return,
 * and too late a clock only holds a flag longer. If none goes into this branch, somebody pushed it
 * here, from where its first pull request had brought it.
 */
function mergedInto(branch: string | undefined, pulls: readonly Merge[]): Instant {
  const merged = pulls.flatMap(({ mergedAt, baseRefName }) =>
    mergedAt === null ? [] : [{ at: Date.parse(mergedAt), baseRefName }],
  );
  const here = merged.filter(({ baseRefName }) => baseRefName === branch);
  // Oldest first, whatever one asks for.
  return here.length > 0 ? Math.max(...here.map(({ at }) => at)) : (merged[0]?.at ?? 0);
}
