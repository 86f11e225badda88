import type { Oid } from '../../model/head.ts';
import { entersIn, type Wanted } from '../wanted.ts';
import type { GitHubClient } from './client.ts';
import { type Folder, foldersNamed, look, type Named, type TreeEntry } from './tree-query.ts';
import { MAX_FOLDERS, tooMany } from './trees.ts';

/** A folder that is not the same in two commits; absent where there was, or is, none. */
interface Pair {
  readonly path: string;
  readonly before: Named | undefined;
  readonly after: Named | undefined;
}

/**
 * The wanted files that differ between two commits, a request for each depth at which any do: equal
 * folders have equal ids and are not looked into.
 */
export async function differences(
  client: GitHubClient,
  from: Oid,
  to: Oid,
  wanted: Wanted,
): Promise<readonly string[]> {
  const { paths, under } = wanted;
  const found = new Set<string>();
  const entries = await look(
    client,
    [from, to].flatMap((commit) =>
      paths.map((path) => ({ kind: 'file', commit, path, contents: false }) as const),
    ),
  );
  for (const [index, path] of paths.entries()) {
    const [before, after] = [entries[index]?.entry, entries[paths.length + index]?.entry];
    if (!isSame(before, after)) found.add(path);
  }
  let level: readonly Pair[] = under.map((path) => ({
    path,
    before: { name: `${from}:${path}`, of: from },
    after: { name: `${to}:${path}`, of: to },
  }));
  for (let looked = 0; level.length > 0; ) {
    looked += level.length;
    if (looked > MAX_FOLDERS) throw tooMany(under);
    const names = level
      .flatMap(({ before, after }) => [before, after])
      .filter((each) => each !== undefined);
    const folders = await foldersNamed(client, names);
    const next: Pair[] = [];
    for (const pair of level) {
      const at = (folder: Named | undefined) => (folder && folders.get(folder.name)) ?? new Map();
      compare(pair.path, at(pair.before), at(pair.after), wanted, next, found);
    }
    level = next;
  }
  return [...found];
}

const isSame = (a: TreeEntry | undefined, b: TreeEntry | undefined): boolean =>
  a?.sha === b?.sha && a?.mode === b?.mode;

/** Compares two folders: what differs in them is found, or looked into next. */
function compare(
  folder: string,
  before: Folder,
  after: Folder,
  wanted: Wanted,
  next: Pair[],
  found: Set<string>,
): void {
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(name), after.get(name)];
    if (isSame(old, now)) continue;
    const path = folder === '' ? name : `${folder}/${name}`;
    const treeOf = (entry: TreeEntry | undefined): Named | undefined =>
      entry?.type === 'tree' ? { name: entry.sha } : undefined;
    if ((treeOf(old) ?? treeOf(now)) !== undefined && entersIn(wanted, path)) {
      next.push({ path, before: treeOf(old), after: treeOf(now) });
    }
    const isFile = [old, now].some((entry) => entry !== undefined && entry.type !== 'tree');
    if (isFile && wanted.matches(path)) found.add(path);
  }
}
