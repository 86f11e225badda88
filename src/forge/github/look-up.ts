import type { Instant } from '../../time.ts';
import type { Looked, Oid, Subject, Touch } from '../forge.ts';
import { inBatches, type Query } from './batches.ts';
import type { GitHubClient } from './client.ts';
import { type Connection, ours, PULL_FIELDS, toProposal } from './pulls.ts';

/** What one query looks up at once, to begin with. */
const BATCH = 100;

/** For flags about to move: who touched their files, and what became of their reverts. */
export async function lookUpByApi(
  client: GitHubClient,
  oid: Oid,
  subjects: readonly Subject[],
  limit: number,
): Promise<ReadonlyMap<string, Looked>> {
  const looked = await inBatches(
    client,
    subjects,
    BATCH,
    (batch, query) => lookUpBatch(client, query, oid, batch, limit),
    ({ path }) => path,
  );
  return new Map(looked);
}

async function lookUpBatch(
  { owner, repo }: Pick<GitHubClient, 'owner' | 'repo'>,
  query: Query,
  oid: Oid,
  batch: readonly Subject[],
  limit: number,
): Promise<readonly (readonly [path: string, looked: Looked])[]> {
  const names = batch.map((_, i) => `$p${i}: String!, $b${i}: String!`).join(', ');
  const histories = batch
    .map(
      (_, i) => `h${i}: history(first: ${limit}, path: $p${i}) {
          nodes { oid committedDate associatedPullRequests(first: 1) { nodes { mergedAt } } }
        }`,
    )
    .join('\n');
  const pulls = batch
    .map(
      (
        _,
        i,
      ) => `r${i}: pullRequests(headRefName: $b${i}, first: 5, orderBy: {field: CREATED_AT, direction: DESC}) {
          nodes { ${PULL_FIELDS} }
        }`,
    )
    .join('\n');
  const variables = Object.fromEntries(
    batch.flatMap(({ path, revertBranch }, i) => [
      [`p${i}`, path],
      [`b${i}`, revertBranch],
    ]),
  );
  const { repository } = await query<{ readonly repository: Readonly<Record<string, unknown>> }>(
    `query ($owner: String!, $repo: String!, $oid: GitObjectID!, ${names}) {
        repository(owner: $owner, name: $repo) {
          commit: object(oid: $oid) { ... on Commit { ${histories} } }
          ${pulls}
        }
      }`,
    { owner, repo, oid, ...variables },
  );
  const commit = (repository.commit ?? {}) as Readonly<Record<string, HistoryPage>>;
  return batch.map(({ path, revertBranch }, i) => {
    const pull = ours((repository[`r${i}`] as Connection).nodes, revertBranch);
    return [
      path,
      {
        touches: (commit[`h${i}`]?.nodes ?? []).map(toTouch),
        ...(pull ? { proposal: toProposal(pull) } : {}),
      },
    ];
  });
}

interface HistoryPage {
  readonly nodes: readonly {
    readonly oid: Oid;
    readonly committedDate: string;
    readonly associatedPullRequests: {
      readonly nodes: readonly { readonly mergedAt: string | null }[];
    } | null;
  }[];
}

/** When a commit reached the branch: GitHub's history knows the date it was made, a merge is later. */
function toTouch({
  oid,
  committedDate,
  associatedPullRequests,
}: HistoryPage['nodes'][number]): Touch {
  const merged = associatedPullRequests?.nodes[0]?.mergedAt;
  const at: Instant = Math.max(Date.parse(committedDate), merged ? Date.parse(merged) : 0);
  return { oid, at };
}
