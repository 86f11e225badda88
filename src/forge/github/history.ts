import type { Edit, Oid } from '../forge.ts';
import type { GitHubClient } from './client.ts';
import { type BlobAnswer, usable } from './contents.ts';
import { differences } from './trees.ts';

/** Commits looked into in one query, two files each. */
const BATCH = 50;

/** Paths that differ between two commits; a moved file counts as two. */
export async function changedByApi(
  client: GitHubClient,
  from: Oid,
  to: Oid,
): Promise<readonly string[]> {
  return (await differences(client, from, to)).map(({ path }) => path);
}

/**
 * What commits did to a file each, against their first parents: one request for each fifty. A file
 * that GraphQL does not give whole counts as not there.
 */
export async function editsByApi(
  client: GitHubClient,
  touched: readonly { readonly oid: Oid; readonly path: string }[],
): Promise<readonly Edit[]> {
  const edits: Edit[] = [];
  for (let from = 0; from < touched.length; from += BATCH) {
    const batch = touched.slice(from, from + BATCH);
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
    const { repository } = await client.query<{
      readonly repository: Readonly<Record<string, EditAnswer | null>>;
    }>(
      `query ($owner: String!, $repo: String!, ${names}) {
        repository(owner: $owner, name: $repo) { ${fields.join('\n')} }
      }
      ${fragments.join('\n')}`,
      { owner: client.owner, repo: client.repo, ...variables },
    );
    for (const i of batch.keys()) {
      const commit = repository[`c${i}`];
      const before = usable(commit?.parents?.nodes[0]?.file?.object);
      const after = usable(commit?.file?.object);
      edits.push({
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      });
    }
  }
  return edits;
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
