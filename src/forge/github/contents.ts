import type { Oid } from '../../model/head.ts';
import type { RefusedFile, RepositoryFile } from '../../model/repository-file.ts';
import type { Listing } from '../forge.ts';
import { decode, isLfsPointer, LARGEST_FILE, madeOut } from '../text.ts';
import type { Wanted } from '../wanted.ts';
import { inBatches, MAX_FAILED, type Query } from './batches.ts';
import type { GitHubClient } from './client.ts';
import { GitHubError } from './error.ts';
import type { BlobAnswer, TreeEntry } from './tree-query.ts';
import { listWanted } from './trees.ts';

/** Files asked for in one query, to begin with. */
const BATCH = 100;

/**
 * Files of a commit by the API: what is wanted is listed by name and folder, and then read a hundred
 * at a time. A file that GitHub gives no answer about is refused, and stops none of the others.
 */
export async function readByApi(
  client: GitHubClient,
  oid: Oid,
  wanted: Wanted,
  maxBytes: number,
): Promise<Listing> {
  const { entries, misplaced } = await listWanted(client, oid, wanted);
  const files: RepositoryFile[] = [];
  const refused: RefusedFile[] = [...misplaced];
  const regular: TreeEntry[] = [];
  for (const entry of entries) {
    if (entry.mode === '120000') refused.push({ path: entry.path, reason: 'symlink' });
    else if (entry.type === 'commit') refused.push({ path: entry.path, reason: 'submodule' });
    else if (entry.size > maxBytes) refused.push({ path: entry.path, reason: 'too-large' });
    else regular.push(entry);
  }
  const texts = await textsOf(client, regular);
  let failed = 0;
  for (const [index, { path, sha }] of regular.entries()) {
    const read = texts[index] ?? (await bytesOf(client, sha, failed < MAX_FAILED));
    const text = typeof read === 'string' || read === undefined ? read : decode(read);
    if (read === undefined) {
      failed += 1;
      refused.push({ path, reason: 'no-answer' });
    } else if (text === undefined) {
      refused.push({ path, reason: 'not-utf8', text: madeOut(read as Buffer) });
    } else if (Buffer.byteLength(text) > maxBytes) refused.push({ path, reason: 'too-large' });
    else if (isLfsPointer(text)) refused.push({ path, reason: 'lfs-pointer' });
    else files.push({ path, text });
  }
  return { files: files.sort(byPath), refused: refused.sort(byPath) };
}

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : 1;

/** The texts of some files; `undefined` for one that GraphQL does not give whole, or not at all. */
async function textsOf(
  client: GitHubClient,
  entries: readonly TreeEntry[],
): Promise<readonly (string | undefined)[]> {
  const unknown = entries.filter(({ blob }) => blob === undefined);
  const answers = await inBatches(
    client,
    unknown,
    BATCH,
    (batch, query) => blobs(client, query, batch),
    ({ path }) => path,
    () => undefined,
  );
  const asked = new Map(unknown.map(({ path }, index) => [path, answers[index]]));
  return entries.map(({ path, blob }) => (blob ? usable(blob) : asked.get(path)));
}

/** The bytes of a file; `undefined` where GitHub gives none and that is to be put up with. */
async function bytesOf(
  client: GitHubClient,
  sha: Oid,
  mayFail: boolean,
): Promise<Buffer | undefined> {
  try {
    return await blobBytes(client, sha);
  } catch (error) {
    if (!(error instanceof GitHubError) || !mayFail) throw error;
    return undefined;
  }
}

/** One file at one commit, or `undefined` where there is none. */
export async function readFileByApi(
  client: GitHubClient,
  oid: Oid,
  path: string,
): Promise<string | undefined> {
  const { repository } = await client.query<{
    readonly repository: { readonly commit: object | null; readonly object: BlobAnswer | null };
  }>(
    `query ($owner: String!, $repo: String!, $oid: GitObjectID!, $expression: String!) {
      repository(owner: $owner, name: $repo) {
        commit: object(oid: $oid) { oid }
        object(expression: $expression) { ... on Blob { oid byteSize text isBinary isTruncated } }
      }
    }`,
    { owner: client.owner, repo: client.repo, oid, expression: `${oid}:${path}` },
    // A file is not missing if its commit is.
    { missing: (answer) => (answer.repository.commit ? undefined : `the commit ${oid}`) },
  );
  const blob = repository.object;
  if (blob?.oid === undefined || Number(blob.byteSize) > LARGEST_FILE) return undefined;
  const text = usable(blob) ?? decode(await blobBytes(client, blob.oid));
  return text === undefined || isLfsPointer(text) ? undefined : text;
}

/** The texts of some blobs; `undefined` for one that GraphQL does not give whole. */
async function blobs(
  { owner, repo }: Pick<GitHubClient, 'owner' | 'repo'>,
  query: Query,
  entries: readonly Pick<TreeEntry, 'sha'>[],
): Promise<readonly (string | undefined)[]> {
  const fields = entries
    .map(
      ({ sha }, i) =>
        `b${i}: object(oid: "${sha}") { ... on Blob { oid text isBinary isTruncated } }`,
    )
    .join('\n');
  const { repository } = await query<{
    readonly repository: Readonly<Record<string, BlobAnswer | null>>;
  }>(
    `query ($owner: String!, $repo: String!) {
      repository(owner: $owner, name: $repo) { ${fields} }
    }`,
    { owner, repo },
  );
  return entries.map((_, i) => usable(repository[`b${i}`]));
}

/** The text of a blob, where GraphQL gives it whole. */
export function usable(blob: BlobAnswer | null | undefined): string | undefined {
  if (!blob || blob.isBinary || blob.isTruncated || typeof blob.text !== 'string') return undefined;
  // What was not UTF-8 comes with replacement characters: the bytes must be looked at.
  return blob.text.includes('\uFFFD') ? undefined : blob.text;
}

/** The bytes of a blob that is large, or no UTF-8. */
async function blobBytes(client: GitHubClient, sha: Oid): Promise<Buffer> {
  const blob = await client.read('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
    file_sha: sha,
  });
  return Buffer.from(blob.content, 'base64');
}
