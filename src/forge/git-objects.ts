import { ForgeError } from './error.ts';
import type { Edit, Listing, Oid, RefusedFile, RepositoryFile } from './forge.ts';
import { assertOid, assertPath, MANY_PATHS } from './git-names.ts';
import { type Git, gitSaid, records } from './git-process.ts';

/** A path in a tree, as git has it. */
export interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly oid: Oid;
  readonly path: string;
  /** False where the path's bytes are not UTF-8; `path` then is only fit to be shown. */
  readonly exactPath: boolean;
}

// ignoreBOM keeps a byte order mark: what is written back must have it again.
const EXACT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer): string | undefined {
  try {
    return EXACT.decode(bytes);
  } catch {
    return undefined;
  }
}

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
 * Files of one commit whose path matches, in git's order, in three processes however many they are:
 * paths, then sizes of the ones that match, then contents of the ones that are small enough.
 *
 * Refused, never followed or guessed at: symlinks, submodules, files over `maxBytes`, contents or
 * paths that are not UTF-8.
 *
 * @throws ForgeError `unknown-commit`, `git-failed`.
 */
export async function readFiles(
  git: Git,
  commit: Oid,
  match: (path: string) => boolean,
  maxBytes: number,
): Promise<Listing> {
  const entries = (await listTree(git, commit)).filter((entry) => match(entry.path));
  const refused: RefusedFile[] = [];
  const regular: TreeEntry[] = [];
  for (const entry of entries) {
    const reason = refusal(entry);
    if (reason === undefined) regular.push(entry);
    else refused.push({ path: entry.path, reason });
  }

  const sizes = await blobSizes(git, regular);
  const small: TreeEntry[] = [];
  regular.forEach((entry, index) => {
    if ((sizes[index] ?? 0) <= maxBytes) small.push(entry);
    else refused.push({ path: entry.path, reason: 'too-large' });
  });

  const contents = await blobs(git, small);
  const files: RepositoryFile[] = [];
  small.forEach((entry, index) => {
    const text = decode(contents[index] ?? Buffer.alloc(0));
    if (text === undefined) refused.push({ path: entry.path, reason: 'not-utf8' });
    else files.push({ path: entry.path, text });
  });
  return { files, refused };
}

function refusal(entry: TreeEntry): RefusedFile['reason'] | undefined {
  if (entry.mode === '120000') return 'symlink';
  if (entry.mode === '160000') return 'submodule';
  return entry.exactPath ? undefined : 'not-utf8';
}

async function blobSizes(git: Git, entries: readonly TreeEntry[]): Promise<readonly number[]> {
  if (entries.length === 0) return [];
  const output = await git.output(['cat-file', '--batch-check=%(objectname) %(objectsize)'], {
    input: lines(entries.map((entry) => entry.oid)),
  });
  return output
    .toString('latin1')
    .trimEnd()
    .split('\n')
    .map((line) => size(line, 1));
}

/** `<oid> blob <size>\n<contents>\n` for each, in the order asked. */
async function blobs(git: Git, entries: readonly TreeEntry[]): Promise<readonly Buffer[]> {
  if (entries.length === 0) return [];
  const output = await git.output(['cat-file', '--batch'], {
    input: lines(entries.map((entry) => entry.oid)),
  });
  return [...batch(output)].map((bytes, index) => {
    if (bytes) return bytes;
    throw lacking(`${entries[index]?.oid} missing`);
  });
}

/** What `cat-file --batch` printed, an object each; `undefined` for a blob that is not there. */
function* batch(output: Buffer): Generator<Buffer | undefined> {
  for (let at = 0; at < output.length; ) {
    const start = output.indexOf(0x0a, at) + 1;
    const header = output.toString('latin1', at, start - 1);
    if (header.endsWith(' missing')) {
      yield undefined;
      at = start;
      continue;
    }
    const end = start + size(header, 2);
    yield header.split(' ')[1] === 'blob' ? output.subarray(start, end) : undefined;
    at = end + 1;
  }
}

function size(header: string, field: number): number {
  const bytes = Number(header.split(' ')[field]);
  if (Number.isInteger(bytes)) return bytes;
  throw lacking(header);
}

function lacking(header: string): ForgeError {
  return new ForgeError(
    'git-failed',
    `The repository lacks an object that a commit needs (${header}). Run git fsck; in a partial clone, git fetch.`,
  );
}

function lines(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join('');
}

/**
 * One file at one commit; `undefined` where no regular UTF-8 file lies at that path.
 *
 * @throws ForgeError `unknown-commit`, `bad-path`.
 */
export async function readFileAt(git: Git, commit: Oid, path: string): Promise<string | undefined> {
  assertPath(path);
  const entries = await listTree(git, commit, [path]);
  const entry = entries.find((candidate) => candidate.path === path);
  if (entry?.type !== 'blob' || refusal(entry) !== undefined) return undefined;
  return decode(await git.output(['cat-file', 'blob', entry.oid]));
}

/**
 * What commits did to a file each, against their first parents: one process, however many they are.
 * The first commit of a shallow clone has nothing before it.
 */
export async function editsOf(
  git: Git,
  touched: readonly { readonly oid: Oid; readonly path: string }[],
): Promise<readonly Edit[]> {
  for (const { oid, path } of touched) {
    assertOid(oid);
    assertPath(path);
  }
  // A name with a newline cannot be asked for by line, and no flag has one.
  const asked = touched.filter(({ path }) => !path.includes('\n'));
  if (asked.length === 0) return touched.map(() => ({}));
  const output = await git.output(['cat-file', '--batch'], {
    input: lines(asked.flatMap(({ oid, path }) => [`${oid}^:${path}`, `${oid}:${path}`])),
  });
  const texts = [...batch(output)].map((bytes) => bytes && decode(bytes));
  const found = new Map(asked.map((each, i) => [each, [texts[2 * i], texts[2 * i + 1]] as const]));
  return touched.map((each) => {
    const [before, after] = found.get(each) ?? [];
    return {
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    };
  });
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
export async function pathsBetween(git: Git, from: Oid, to: Oid): Promise<readonly string[]> {
  assertOid(from);
  assertOid(to);
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to, '--'];
  const result = await git.run(args);
  if (result.code !== 0) {
    const known = await git.run(['cat-file', '-e', `${from}^{commit}`]);
    throw await noCommit(git, known.code === 0 ? to : from, gitSaid(result));
  }
  return records(result.stdout).map((path) => path.toString('utf8'));
}
