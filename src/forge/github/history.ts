import { defined } from '../../defined.ts';
import type { Oid } from '../../model/head.ts';
import type { FileBeforeAfter } from '../forge.ts';
import { inBatches, type Query } from './batches.ts';
import type { GitHubClient } from './client.ts';
import { usable } from './contents.ts';
import type { BlobAnswer } from './tree-query.ts';

/** Commits looked into in one query, to begin with; two files each. */
const BATCH = 50;

/**
 * What commits did to a file each, against their first parents: one request for each fifty. A file
 * that GraphQL does not give whole counts as not there.
 */
export async function editsByApi(
  client: GitHubClient,
  touched: readonly Touched[],
): Promise<readonly FileBeforeAfter[]> {
  return inBatches(
    client,
    touched,
    BATCH,
    (batch, query) => editBatch(client, query, batch),
    ({ oid, path }) => `${path} in ${oid}`,
  );
}

interface Touched {
  readonly oid: Oid;
  readonly path: string;
}

async function editBatch(
  { owner, repo }: Pick<GitHubClient, 'owner' | 'repo'>,
  query: Query,
  batch: readonly Touched[],
): Promise<readonly FileBeforeAfter[]> {
  const fields = batch.map(
    (_, i) => `c${i}: object(oid: $c${i}) { ... on Commit {
        ...at${i}
        parents(first: 1) { nodes { ...at${i} } }
      } }`,
  );
  const fragments = batch.map(
    (_, i) => `fragment at${i} on Commit {
        file(path: $p${i}) { object { ... on Blob { text isBinary isTruncated } } }
      }`,
  );
  const names = batch.map((_, i) => `$c${i}: GitObjectID!, $p${i}: String!`).join(', ');
  const variables = Object.fromEntries(
    batch.flatMap(({ oid, path }, i) => [
      [`c${i}`, oid],
      [`p${i}`, path],
    ]),
  );
  const { repository } = await query<{
    readonly repository: Readonly<Record<string, EditAnswer | null>>;
  }>(
    `query ($owner: String!, $repo: String!, ${names}) {
        repository(owner: $owner, name: $repo) { ${fields.join('\n')} }
      }
      ${fragments.join('\n')}`,
    { owner, repo, ...variables },
  );
  return batch.map((_, i) => {
    const commit = repository[`c${i}`];
    const before = usable(commit?.parents?.nodes[0]?.file?.object);
    const after = usable(commit?.file?.object);
    return {
      ...defined({ before, after }),
    };
  });
}

interface FileAnswer {
  readonly file?: { readonly object: BlobAnswer | null } | null;
}

interface EditAnswer extends FileAnswer {
  readonly parents?: { readonly nodes: readonly FileAnswer[] };
}

/** The message of a commit. */
export async function messageByApi(client: GitHubClient, oid: Oid): Promise<string> {
  const commit = await client.read('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    commit_sha: oid,
  });
  return commit.message;
}

/** The first parent of a commit; `undefined` for a root. */
export async function firstParentByApi(client: GitHubClient, oid: Oid): Promise<Oid | undefined> {
  const commit = await client.read('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    commit_sha: oid,
  });
  return commit.parents[0]?.sha;
}
