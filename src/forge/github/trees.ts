import type { Oid } from '../forge.ts';
import { inBatches, type Query } from './batches.ts';
import type { GitHubClient } from './client.ts';

/** A path in a commit's tree. */
export interface TreeEntry {
  readonly path: string;
  /** `100644`, `120000`, … */
  readonly mode: string;
  readonly type: string;
  readonly sha: Oid;
  /** In bytes; 0 where that was not asked. */
  readonly size: number;
}

/** Everything in a commit's tree; `undefined` where that is more than GitHub lists at once. */
export async function listTree(
  client: GitHubClient,
  oid: Oid,
): Promise<readonly TreeEntry[] | undefined> {
  const tree = await client.read('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    tree_sha: oid,
    recursive: '1',
  });
  if (tree.truncated) return undefined;
  return tree.tree.map(({ path = '', mode = '', type = '', sha = '', size = 0 }) => ({
    path,
    mode,
    type,
    sha,
    size,
  }));
}

/** A file that is not the same in two commits. */
export interface Difference {
  readonly path: string;
  /** As it is in the second; absent where it is gone. */
  readonly after?: TreeEntry;
}

/** A folder that is not the same in two commits; absent where there was, or is, none. */
interface Pair {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * The files that differ between two commits, a request for each depth at which any do: equal folders
 * have equal ids and are not looked into. So it takes a large repository no longer than a small one.
 */
export async function differences(
  client: GitHubClient,
  from: Oid,
  to: Oid,
): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  // `<commit>:` is the commit's root folder.
  let level: readonly Pair[] = [{ path: '', before: `${from}:`, after: `${to}:` }];
  while (level.length > 0) {
    const names = level
      .flatMap(({ before, after }) => [before, after])
      .filter((each) => each !== undefined);
    const folders = await foldersOf(client, [...new Set(names)]);
    const next: Pair[] = [];
    for (const pair of level) {
      const at = (name: string | undefined) => (name && folders.get(name)) || new Map();
      compare(pair.path, at(pair.before), at(pair.after), next, found);
    }
    level = next;
  }
  return found;
}

type Folder = ReadonlyMap<string, TreeEntry>;

/** Compares two folders: what differs in them is found, or looked into next. */
function compare(path: string, before: Folder, after: Folder, next: Pair[], found: Difference[]) {
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(name), after.get(name)];
    if (old?.sha === now?.sha && old?.mode === now?.mode) continue;
    const here = path === '' ? name : `${path}/${name}`;
    const folder = (entry: TreeEntry | undefined) =>
      entry?.type === 'tree' ? entry.sha : undefined;
    if (folder(old) ?? folder(now)) {
      next.push({ path: here, before: folder(old), after: folder(now) });
    }
    const isFile = (entry: TreeEntry | undefined) => entry !== undefined && entry.type !== 'tree';
    if (now && isFile(now)) found.push({ path: here, after: { ...now, path: here } });
    else if (isFile(old)) found.push({ path: here });
  }
}

/** Folders asked for in one query, to begin with. */
const BATCH = 100;

interface FolderAnswer {
  readonly entries?: readonly {
    readonly name: string;
    readonly type: string;
    readonly mode: number;
    readonly oid: Oid;
  }[];
}

/** What is in some folders, each named by its id or by an expression. */
async function foldersOf(
  client: GitHubClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, Folder>> {
  const folders = await inBatches(
    client,
    names,
    BATCH,
    (batch, query) => folderBatch(client, query, batch),
    (name) => `the folder ${name}`,
  );
  return new Map(folders.map((folder, index) => [names[index] ?? '', folder]));
}

async function folderBatch(
  { owner, repo }: Pick<GitHubClient, 'owner' | 'repo'>,
  query: Query,
  batch: readonly string[],
): Promise<readonly Folder[]> {
  const fields = batch.map((name, i) => `t${i}: object(expression: "${name}") { ...folder }`);
  const { repository } = await query<{
    readonly repository: Readonly<Record<string, FolderAnswer | null>>;
  }>(
    `query ($owner: String!, $repo: String!) {
        repository(owner: $owner, name: $repo) { ${fields.join('\n')} }
      }
      fragment folder on Tree { entries { name type mode oid } }`,
    { owner, repo },
    {
      // Each is the root of a commit, or was listed: if it were empty, its files would be deleted.
      missing: (answer) => {
        const index = batch.findIndex((_, i) => !answer.repository[`t${i}`]);
        return index === -1 ? undefined : `the folder ${batch[index]}`;
      },
    },
  );
  return batch.map((_, i) => {
    const entries = (repository[`t${i}`]?.entries ?? []).map((entry): [string, TreeEntry] => [
      entry.name,
      {
        path: entry.name,
        mode: entry.mode.toString(8).padStart(6, '0'),
        type: entry.type,
        sha: entry.oid,
        size: 0,
      },
    ]);
    return new Map(entries);
  });
}
