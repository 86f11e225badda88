import type { Oid } from '../../model/head.ts';
import type { RefusedFile } from '../../model/repository-file.ts';
import { foldersOf } from '../git/names.ts';
import { entersIn, type Wanted } from '../wanted.ts';
import type { GitHubClient } from './client.ts';
import { GitHubError } from './error.ts';
import { type Folder, foldersNamed, look, type Named, type TreeEntry } from './tree-query.ts';

/**
 * So many folders are looked into for one listing. They are 20 requests, and far more than rollouts
 * need that have a folder of their own.
 */
export const MAX_FOLDERS = 2000;

export interface Listed {
  /** Files, links and submodules. */
  readonly entries: readonly TreeEntry[];
  /** Named paths at which no file can be. */
  readonly misplaced: readonly RefusedFile[];
}

/**
 * What is wanted of a commit, by name and a level of folders after the other: never the whole tree,
 * which GitHub cuts off in a large repository. One request, and one for each level below the second.
 */
export async function listWanted(
  client: GitHubClient,
  commit: Oid,
  wanted: Wanted,
): Promise<Listed> {
  const { paths, under, matches } = wanted;
  const above = [...new Set(paths.flatMap(foldersOf))];
  const ask = (nested: boolean) =>
    look(client, [
      ...paths.map((path) => ({ kind: 'file', commit, path, contents: true }) as const),
      ...above.map((path) => ({ kind: 'file', commit, path, contents: false }) as const),
      ...under.map(
        (folder) =>
          ({
            kind: 'folder',
            name: `${commit}:${folder}`,
            of: commit,
            nested: nested && folder !== '',
          }) as const,
      ),
    ]);
  const answers = await smaller(
    () => ask(true),
    () => ask(false),
  );
  const entryAt = (index: number) => answers[index]?.entry;
  const at = new Map(above.map((path, index) => [path, entryAt(paths.length + index)]));
  const found = new Map<string, TreeEntry>();
  const misplaced: RefusedFile[] = [];
  for (const [index, path] of paths.entries()) {
    const entry = entryAt(index);
    const isFile = (folder: string): boolean => (at.get(folder)?.type ?? 'tree') !== 'tree';
    if (entry?.type === 'tree') misplaced.push({ path, reason: 'folder' });
    else if (entry) found.set(path, { ...entry, path });
    else if (foldersOf(path).some(isFile)) misplaced.push({ path, reason: 'below-a-file' });
  }

  const next: (Named & { readonly path: string })[] = [];
  const collect = (folder: string, entries: Folder): void => {
    for (const [name, entry] of entries) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (entry.type !== 'tree') {
        if (matches(path) && !found.has(path)) found.set(path, { ...entry, path });
      } else if (entersIn(wanted, path)) {
        if (entry.within) collect(path, entry.within);
        else next.push({ path, name: entry.sha });
      }
    }
  };
  for (const [index, folder] of under.entries()) {
    collect(folder, answers[paths.length + above.length + index]?.folder ?? new Map());
  }
  for (let looked = under.length; next.length > 0; ) {
    const level = next.splice(0);
    looked += level.length;
    if (looked > MAX_FOLDERS) throw tooMany(under);
    const folders = await foldersNamed(client, level);
    for (const { path, name } of level) collect(path, folders.get(name) ?? new Map());
  }
  return { entries: [...found.values()], misplaced };
}

/** Why a listing is not made. */
export function tooMany(under: readonly string[]): GitHubError {
  const where = under.includes('') ? 'in the repository' : `below ${under.join(', ')}`;
  return new GitHubError(
    'refused',
    'POST /graphql',
    `there are more than ${MAX_FOLDERS} folders ${where} in which rollout files may be; let the glob \`rollouts\` in the config begin with a folder that holds little else, such as rollouts/**/*.yaml`,
  );
}

/** Asks for less if GitHub cannot answer so much at once. */
async function smaller<T>(more: () => Promise<T>, less: () => Promise<T>): Promise<T> {
  try {
    return await more();
  } catch (error) {
    const tooMuch = error instanceof GitHubError && /^(ambiguous|too-large)$/.test(error.code);
    if (!tooMuch) throw error;
    return less();
  }
}
