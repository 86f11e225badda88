import type { Oid } from '../../model/head.ts';
import type { RefusedFile, RepositoryFile } from '../../model/repository-file.ts';
import { ForgeError } from '../error.ts';
import type { Listing } from '../forge.ts';
import { decode, isLfsPointer, LARGEST_FILE, madeOut } from '../text.ts';
import { type Wanted, wantedFilter } from '../wanted.ts';
import { readContents } from './contents.ts';
import {
  assertOid,
  assertPath,
  attributesOn,
  coveringPaths,
  foldersOf,
  MANY_PATHS,
} from './names.ts';
import { type Git, gitSaid, records } from './process.ts';
import type { Contents, TreeEntry } from './tree-entry.ts';

function parseEntry(record: Buffer): TreeEntry {
  const tab = record.indexOf(0x09);
  const [mode = '', type = '', oid = ''] = record.toString('latin1', 0, tab).split(' ');
  const bytes = record.subarray(tab + 1);
  const path = decode(bytes);
  return { mode, type, oid, path: path ?? bytes.toString('utf8'), exactPath: path !== undefined };
}

/**
 * Entries of a commit's tree. Without `paths`: every file, in git's order. With `paths`: whatever
 * lies at those, among others (folders on the way, everything where the paths are many).
 *
 * Sizes are not asked for here: in a partial clone that would download every file there is.
 *
 * @throws ForgeError `unknown-commit`.
 */
export async function listTree(
  git: Git,
  commit: Oid,
  paths?: readonly string[],
): Promise<readonly TreeEntry[]> {
  assertOid(commit);
  const named = paths !== undefined && paths.length <= MANY_PATHS ? paths : [];
  const flags = [...(paths ? ['-t'] : []), ...(named.length === 0 ? ['-r'] : [])];
  const result = await git.run(['ls-tree', '-z', '--full-tree', ...flags, commit, '--', ...named]);
  if (result.code !== 0) throw await noCommit(git, commit, gitSaid(result));
  return records(result.stdout).map(parseEntry);
}

/** Everything at and below some paths, without what is on the way to them. */
async function listBelow(
  git: Git,
  commit: Oid,
  paths: readonly string[],
): Promise<readonly TreeEntry[]> {
  assertOid(commit);
  const named = coveringPaths(paths);
  const result = await git.run(['ls-tree', '-z', '-r', '--full-tree', commit, '--', ...named]);
  if (result.code !== 0) throw await noCommit(git, commit, gitSaid(result));
  return records(result.stdout).map(parseEntry);
}

async function noCommit(git: Git, commit: Oid, said: string): Promise<ForgeError> {
  const { code } = await git.run(['cat-file', '-e', `${commit}^{commit}`]);
  return code === 0
    ? new ForgeError('git-failed', `git could not read commit ${commit}: ${said}. Run git fsck.`)
    : new ForgeError(
        'unknown-commit',
        `There is no commit ${commit} in this repository. Fetch it first; a shallow clone has only the newest.`,
      );
}

/**
 * Files of one commit, in git's order, in two processes however many they are: paths, then contents;
 * more only where `.gitattributes` has filters, or where a file that is asked for by name is not there.
 *
 * Refused, never followed or guessed at: symlinks, submodules, files over `maxBytes`, contents or
 * paths that are not UTF-8.
 *
 * @throws ForgeError `unknown-commit`, `git-failed`.
 */
export async function readFiles(
  git: Git,
  commit: Oid,
  wanted: Wanted,
  maxBytes: number,
): Promise<Listing> {
  const { paths, under } = wanted;
  const whole = under.includes('');
  const rules = [...under.map((folder) => `${folder}/x`), ...paths].flatMap(attributesOn);
  const tree = whole
    ? await listTree(git, commit)
    : await listBelow(git, commit, [...new Set([...under, ...paths, ...rules])]);
  const listing = await readEntries(tree, wanted, (entries) =>
    readContents(git, entries, tree, maxBytes),
  );
  const absent = paths.filter((path) => tree.every((entry) => entry.path !== path));
  const above = [...new Set(absent.flatMap(foldersOf))];
  return withMisplaced(
    listing,
    absent,
    whole || above.length === 0 ? tree : [...tree, ...(await listTree(git, commit, above))],
  );
}

/** A listing with the paths that were asked for by name and at which no file can be. */
export function withMisplaced(
  listing: Listing,
  paths: readonly string[],
  tree: readonly TreeEntry[],
): Listing {
  const types = new Map(tree.map(({ path, type }) => [path, type]));
  const isFile = (path: string): boolean => (types.get(path) ?? 'tree') !== 'tree';
  const misplaced = paths.flatMap((path): readonly RefusedFile[] => {
    if (foldersOf(path).some(isFile)) return [{ path, reason: 'below-a-file' }];
    const isFolder =
      types.get(path) === 'tree' || tree.some((entry) => entry.path.startsWith(`${path}/`));
    return isFolder && !isFile(path) ? [{ path, reason: 'folder' }] : [];
  });
  return { ...listing, refused: [...listing.refused, ...misplaced] };
}

/**
 * As `readFiles`, of a tree that is listed already.
 *
 * @param read answers the contents in order
 */
export async function readEntries(
  tree: readonly TreeEntry[],
  wanted: Wanted,
  read: (entries: readonly TreeEntry[]) => Promise<readonly Contents[]>,
): Promise<Listing> {
  const refused: RefusedFile[] = [];
  const regular: TreeEntry[] = [];
  const isWanted = wantedFilter(wanted);
  for (const entry of tree.filter(({ path, type }) => type !== 'tree' && isWanted(path))) {
    const reason = refusal(entry);
    if (reason === undefined) regular.push(entry);
    else refused.push({ path: entry.path, reason });
  }
  const contents = await read(regular);
  const files: RepositoryFile[] = [];
  regular.forEach(({ path }, index) => {
    const bytes = contents[index] ?? 'too-large';
    if (typeof bytes === 'string') {
      refused.push({ path, reason: bytes });
      return;
    }
    const text = decode(bytes);
    if (text === undefined) refused.push({ path, reason: 'not-utf8', text: madeOut(bytes) });
    else if (isLfsPointer(text)) refused.push({ path, reason: 'lfs-pointer' });
    else files.push({ path, text });
  });
  return { files, refused };
}

function refusal(entry: TreeEntry): RefusedFile['reason'] | undefined {
  if (entry.mode === '120000') return 'symlink';
  if (entry.mode === '160000') return 'submodule';
  return entry.exactPath ? undefined : 'not-utf8';
}

/**
 * One file at one commit; `undefined` where no regular UTF-8 file lies at that path.
 *
 * @throws ForgeError `unknown-commit`, `bad-path`.
 */
export async function readFileAt(git: Git, commit: Oid, path: string): Promise<string | undefined> {
  assertPath(path);
  const tree = await listTree(git, commit, [path, ...attributesOn(path)]);
  return readEntry(tree, path, async (entry) => {
    const [bytes] = await readContents(git, [entry], tree, LARGEST_FILE);
    return Buffer.isBuffer(bytes) ? bytes : undefined;
  });
}

/** As `readFileAt`, of a tree that is listed already. */
export async function readEntry(
  tree: readonly TreeEntry[],
  path: string,
  read: (entry: TreeEntry) => Promise<Buffer | undefined>,
): Promise<string | undefined> {
  const entry = tree.find((candidate) => candidate.path === path);
  if (entry?.type !== 'blob' || refusal(entry) !== undefined) return undefined;
  const bytes = await read(entry);
  const text = bytes && decode(bytes);
  return text === undefined || isLfsPointer(text) ? undefined : text;
}

/**
 * The first parent, or `undefined` for a root, as which the last commit of a shallow clone counts.
 *
 * @throws ForgeError `unknown-commit`.
 */
export async function firstParent(git: Git, commit: Oid): Promise<Oid | undefined> {
  assertOid(commit);
  const result = await git.run(['rev-list', '--parents', '--max-count=1', commit, '--']);
  if (result.code !== 0) throw await noCommit(git, commit, gitSaid(result));
  return result.stdout.toString('latin1').trim().split(' ')[1];
}

/**
 * A commit's message.
 *
 * @throws ForgeError `unknown-commit`.
 */
export async function messageOf(git: Git, commit: Oid): Promise<string> {
  assertOid(commit);
  const result = await git.run(['log', '--max-count=1', '--format=%B', commit, '--']);
  if (result.code !== 0) throw await noCommit(git, commit, gitSaid(result));
  return result.stdout.toString('utf8').trimEnd();
}

/**
 * Paths that differ between two commits; a moved file counts as two.
 *
 * @throws ForgeError `unknown-commit`.
 */
export async function pathsBetween(
  git: Git,
  from: Oid,
  to: Oid,
  wanted?: Wanted,
): Promise<readonly string[]> {
  assertOid(from);
  assertOid(to);
  const within = wanted && !wanted.under.includes('') ? [...wanted.under, ...wanted.paths] : [];
  if (wanted && within.length === 0 && wanted.under.length === 0) return [];
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to, '--'];
  const result = await git.run([...args, ...coveringPaths(within)]);
  if (result.code !== 0) {
    const known = await git.run(['cat-file', '-e', `${from}^{commit}`]);
    throw await noCommit(git, known.code === 0 ? to : from, gitSaid(result));
  }
  const paths = records(result.stdout).map((path) => path.toString('utf8'));
  return wanted ? paths.filter(wantedFilter(wanted)) : paths;
}
