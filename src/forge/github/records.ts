import type { Oid } from '../../model/head.ts';
import type { Comment, FileRecord, RecordOptions } from '../forge.ts';
import { inBatches, type Query } from './batches.ts';
import type { GitHubClient } from './client.ts';
import { GitHubError } from './error.ts';
import { MADE_BY_FIELDS, type MadeBy, mayBeOwn } from './own-commit.ts';

/** What one query looks up at once, to begin with. */
const BATCH = 20;

/** The commits that touched each file, with their messages. */
export async function recordsByApi(
  client: GitHubClient,
  oid: Oid,
  paths: readonly string[],
  { limit }: RecordOptions,
): Promise<ReadonlyMap<string, readonly FileRecord[]>> {
  const records = await inBatches(
    client,
    paths,
    BATCH,
    (batch, query) => recordsOf(client, query, oid, batch, limit),
    (path) => path,
  );
  return new Map(paths.map((path, i) => [path, records[i] ?? []]));
}

async function recordsOf(
  { owner, repo, signsCommits }: Pick<GitHubClient, 'owner' | 'repo' | 'signsCommits'>,
  query: Query,
  oid: Oid,
  paths: readonly string[],
  limit: number,
): Promise<readonly (readonly FileRecord[])[]> {
  const names = paths.map((_, i) => `$p${i}: String!`).join(', ');
  const histories = paths.map(
    (_, i) => `h${i}: history(first: ${limit}, path: $p${i}) {
      nodes { oid committedDate message ${MADE_BY_FIELDS} }
    }`,
  );
  const { viewer, repository } = await query<{
    readonly viewer: { readonly login: string };
    readonly repository: { readonly commit: Readonly<Record<string, HistoryPage>> | null };
  }>(
    `query ($owner: String!, $repo: String!, $oid: GitObjectID!, ${names}) {
      viewer { login }
      repository(owner: $owner, name: $repo) {
        commit: object(oid: $oid) { ... on Commit { ${histories.join('\n')} } }
      }
    }`,
    { owner, repo, oid, ...Object.fromEntries(paths.map((path, i) => [`p${i}`, path])) },
  );
  return paths.map((_, i) =>
    (repository.commit?.[`h${i}`]?.nodes ?? []).map((commit) => ({
      oid: commit.oid,
      at: Date.parse(commit.committedDate),
      message: commit.message.trimEnd(),
      own: mayBeOwn(commit, viewer.login, signsCommits),
    })),
  );
}

interface HistoryPage {
  readonly nodes: readonly (MadeBy & {
    readonly oid: Oid;
    readonly committedDate: string;
    readonly message: string;
  })[];
}

/**
 * A comment as it is now. REST finds it by its number, and only in this repository; that it was never
 * edited GraphQL alone says: `updated_at` moves with things that change no word, such as hiding it.
 */
export async function commentByApi(client: GitHubClient, id: number): Promise<Comment | undefined> {
  try {
    const { node_id } = await client.read(
      'GET /repos/{owner}/{repo}/issues/comments/{comment_id}',
      { comment_id: id },
    );
    const { node } = await client.query<{ readonly node: CommentNode | null }>(
      `query ($id: ID!) {
        node(id: $id) {
          ... on IssueComment { author { __typename login } body createdAt lastEditedAt }
        }
      }`,
      { id: node_id },
    );
    // Of somebody whose account is gone there is no author.
    if (!node?.author) return undefined;
    const { author, body, createdAt, lastEditedAt } = node;
    return {
      author: author.login,
      byPerson: author.__typename === 'User' && !author.login.endsWith('[bot]'),
      body,
      createdAt: Date.parse(createdAt),
      edited: lastEditedAt !== null,
    };
  } catch (error) {
    if (error instanceof GitHubError && error.code === 'not-found') return undefined;
    throw error;
  }
}

interface CommentNode {
  readonly author?: { readonly __typename: string; readonly login: string } | null;
  readonly body: string;
  readonly createdAt: string;
  readonly lastEditedAt: string | null;
}
