import type { Listing, Oid, RefusedFile, RepositoryFile } from '../forge.ts';
import { decode, madeOut } from '../text.ts';
import { inBatches, type Query } from './batches.ts';
import { type GitHubClient, GitHubError } from './client.ts';
import { differences, listTree, type TreeEntry } from './trees.ts';

/** Files asked for in one query, to begin with. */
const BATCH = 100;

/** A commit whose tree is known without asking GitHub. */
export interface Known {
  readonly oid: Oid;
  /** `undefined` where it turns out not to be there. */
  readonly entries: () => Promise<readonly TreeEntry[] | undefined>;
}

/**
 * Files of a commit by the API: one request for the tree, one for each hundred files.
 *
 * @param known where the tree is more than GitHub lists at once: what differs from this one is asked
 */
export async function readByApi(
  client: GitHubClient,
  oid: Oid,
  match: (path: string) => boolean,
  maxBytes: number,
  known?: Known,
): Promise<Listing> {
  const entries = (await entriesOf(client, oid, known)).filter(({ path }) => match(path));
  const refused: RefusedFile[] = [];
  const wanted: TreeEntry[] = [];
  for (const entry of entries) {
    if (entry.mode === '120000') refused.push({ path: entry.path, reason: 'symlink' });
    else if (entry.type === 'commit') refused.push({ path: entry.path, reason: 'submodule' });
    else if (entry.type !== 'blob') continue;
    else if (entry.size > maxBytes) refused.push({ path: entry.path, reason: 'too-large' });
    else wanted.push(entry);
  }
  const texts = await inBatches(
    client,
    wanted,
    BATCH,
    (batch, query) => blobs(client, query, batch),
    ({ path }) => path,
  );
  const files: RepositoryFile[] = [];
  for (const [index, { path, sha }] of wanted.entries()) {
    const bytes = texts[index] === undefined ? await blobBytes(client, sha) : undefined;
    const text = bytes ? decode(bytes) : texts[index];
    if (bytes && text === undefined)
      refused.push({ path, reason: 'not-utf8', text: madeOut(bytes) });
    if (text === undefined) continue;
    if (Buffer.byteLength(text) > maxBytes) refused.push({ path, reason: 'too-large' });
    else files.push({ path, text });
  }
  return { files, refused };
}

async function entriesOf(
  client: GitHubClient,
  oid: Oid,
  known: Known | undefined,
): Promise<readonly TreeEntry[]> {
  const listed = await listTree(client, oid);
  if (listed) return listed;
  const base = await known?.entries();
  if (!known || !base) {
    throw new GitHubError(
      'refused',
      'GET git/trees',
      'the repository has more files than GitHub lists at once; check it out in the workflow (actions/checkout), and it is read from there',
    );
  }
  const entries = new Map(base.map((entry) => [entry.path, entry]));
  for (const { path, after } of await differences(client, known.oid, oid)) {
    if (after) entries.set(path, after);
    else entries.delete(path);
  }
  return [...entries.values()];
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
        object(expression: $expression) { ... on Blob { oid text isBinary isTruncated } }
      }
    }`,
    { owner: client.owner, repo: client.repo, oid, expression: `${oid}:${path}` },
    // A file is not missing if its commit is.
    { missing: (answer) => (answer.repository.commit ? undefined : `the commit ${oid}`) },
  );
  const blob = repository.object;
  if (blob?.oid === undefined) return undefined;
  return usable(blob) ?? decode(await blobBytes(client, blob.oid));
}

/** What GraphQL says of a blob. */
export interface BlobAnswer {
  readonly oid?: Oid;
  readonly text?: string | null;
  readonly isBinary?: boolean | null;
  readonly isTruncated?: boolean;
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
