import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Oid } from '../../model/head.ts';
import type { LeftOut } from '../../model/repository-file.ts';
import type { Instant } from '../../time.ts';
import { ForgeError } from '../error.ts';
import type { FileChange } from '../forge.ts';
import { assertPath, foldersOf, zeroOid } from './names.ts';
import { listTree } from './objects.ts';
import { type Git, type GitCall, gitSaid } from './process.ts';
import { type Committed, commitTree } from './sign.ts';
import type { TreeEntry } from './tree-entry.ts';

/** A name and an e-mail address, as a commit carries them. */
export interface CommitIdentity {
  readonly name: string;
  readonly email: string;
}

/** A commit to be made; `at` is its author and committer date. */
export interface Draft {
  readonly parent: Oid;
  readonly message: string;
  readonly changes: readonly FileChange[];
  readonly at: Instant;
  readonly author: CommitIdentity;
  /** A file whose filter fails is stored as it is, unless it is optional. */
  readonly urgent?: boolean;
}

export type DraftOutcome =
  | ({ readonly kind: 'drafted'; readonly leftOut: readonly LeftOut[] } & Committed)
  /** The changes alter nothing: no commit was made. */
  | { readonly kind: 'unchanged'; readonly leftOut: readonly LeftOut[] }
  | { readonly kind: 'refused'; readonly detail: string };

/**
 * Makes a commit that nothing refers to yet: git forgets it in time unless a ref is moved to it.
 *
 * Works in an index of its own, so the user's index, work tree and hooks have no part in it. The
 * texts are stored as `git add` stores them, with the line endings and filters of `.gitattributes`:
 * otherwise the work tree would look edited for good. A file that exists keeps its mode.
 * Author and committer date are both `at`, in whole seconds: the same draft has the same id.
 *
 * @throws ForgeError `bad-path`, `unknown-commit`, `git-failed`.
 */
export async function draftCommit(git: Git, draft: Draft): Promise<DraftOutcome> {
  const { parent, changes } = draft;
  const paths = changes.map((change) => change.path);
  paths.forEach(assertPath);
  assertOnce(paths);
  if (changes.length === 0) return { kind: 'unchanged', leftOut: [] };

  const around = [...new Set(paths.flatMap((path) => [...foldersOf(path), path]))];
  const entries = await listTree(git, parent, around);
  const existing = new Map(entries.map((entry) => [entry.path, entry]));
  const leftOut: LeftOut[] = [];
  const fitting: FileChange[] = [];
  for (const change of changes) {
    const why = misfit(change, changes, existing);
    if (why === undefined) fitting.push(change);
    else if (change.optional) leftOut.push({ path: change.path, why });
    else return { kind: 'refused', detail: why };
  }

  const workshop = await mkdtemp(join(tmpdir(), 'sluice-'));
  try {
    const index = { env: { GIT_INDEX_FILE: join(workshop, 'index') } };
    // A sparse checkout is about the user's work tree; this index needs every file.
    await git.output(['-c', 'core.sparseCheckout=false', 'read-tree', parent], index);
    await deleteFiles(git, fitting, parent, index);
    const stored = await storeFiles(git, fitting, existing, { ...draft, workshop, index });
    if (stored.kind === 'refused') return stored;
    leftOut.push(...stored.leftOut);
    const tree = (await git.output(['write-tree'], index)).toString('latin1').trim();
    const before = await git.output(['rev-parse', '--verify', `${parent}^{tree}`]);
    if (tree === before.toString('latin1').trim()) return { kind: 'unchanged', leftOut };
    return { kind: 'drafted', ...(await commit(git, draft, tree)), leftOut };
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

function assertOnce(paths: readonly string[]): void {
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice === undefined) return;
  throw new ForgeError('bad-path', `${twice} is changed twice in one commit. Change it once.`);
}

/** Why a change cannot be made to this tree without destroying something that is no plain file. */
function misfit(
  { path, text }: FileChange,
  changes: readonly FileChange[],
  existing: ReadonlyMap<string, TreeEntry>,
): string | undefined {
  const entry = existing.get(path);
  if (entry?.type === 'tree') return `${path} is a folder; rename it, then run again`;
  if (entry && !entry.mode.startsWith('100')) {
    const what = entry.mode === '120000' ? 'symbolic link' : 'submodule';
    return `${path} is a ${what}; replace it with a plain file, then run again`;
  }
  if (text === undefined) return undefined;
  const deleted = (folder: string): boolean =>
    changes.some((change) => change.path === folder && change.text === undefined);
  const file = foldersOf(path).find((folder) => {
    const type = existing.get(folder)?.type;
    return type !== undefined && type !== 'tree' && !deleted(folder);
  });
  return file === undefined
    ? undefined
    : `${path} cannot be written because ${file} is not a folder; rename that, then run again`;
}

async function deleteFiles(
  git: Git,
  changes: readonly FileChange[],
  parent: Oid,
  index: GitCall,
): Promise<void> {
  const none = zeroOid(parent);
  const lines = changes.flatMap(({ path, text }) =>
    text === undefined ? [`0 ${none}\t${path}\0`] : [],
  );
  if (lines.length === 0) return;
  const input = lines.join('');
  await git.output(['update-index', '-z', '--index-info'], { ...index, input });
}

interface Workshop extends Pick<Draft, 'urgent'> {
  /** A folder of this draft alone. */
  readonly workshop: string;
  /** Its index. */
  readonly index: GitCall;
}

type Stored =
  | { readonly kind: 'stored'; readonly leftOut: readonly LeftOut[] }
  | { readonly kind: 'refused'; readonly detail: string };

/**
 * Writes the files into a work tree of their own and adds them from there: git then finds the
 * attributes of the commit in the index and runs the filters as for the user.
 */
async function storeFiles(
  git: Git,
  changes: readonly FileChange[],
  existing: ReadonlyMap<string, TreeEntry>,
  { workshop, index, urgent = false }: Workshop,
): Promise<Stored> {
  const writes = changes.flatMap(({ path, text, optional = false }) =>
    text === undefined ? [] : [{ path, text, optional, mode: existing.get(path)?.mode }],
  );
  if (writes.length === 0) return { kind: 'stored', leftOut: [] };
  const tree = join(workshop, 'tree');
  await mkdir(tree);
  const inTree = git.inFolder(tree);
  const unwritten = new Map<string, string>();
  for (const { path, text, mode } of writes) {
    try {
      await mkdir(dirname(join(tree, path)), { recursive: true });
      await writeFile(join(tree, path), text, { mode: mode === '100755' ? 0o755 : 0o644 });
    } catch (error) {
      unwritten.set(path, `${path} cannot be written as a file: ${(error as Error).message}`);
    }
  }
  const add = (paths: readonly string[]) =>
    inTree.run([...ADD], { ...index, input: paths.map((path) => `${path}\0`).join('') });
  const written = writes.filter(({ path }) => !unwritten.has(path)).map(({ path }) => path);
  const all = await add(written);
  // One filter that fails fails them all: each is tried alone.
  for (const path of all.code === 0 ? [] : written) {
    const one = await add([path]);
    if (one.code !== 0) {
      unwritten.set(path, `${path} cannot be stored as git add would: ${gitSaid(one)}`);
    }
  }
  const leftOut: LeftOut[] = [];
  for (const { path, text, optional, mode = '100644' } of writes) {
    const why = unwritten.get(path);
    if (why === undefined) continue;
    if (optional) leftOut.push({ path, why });
    else if (!urgent) return { kind: 'refused', detail: why };
    // What takes users back has to be on the branch, and is read from there as it is.
    else await storeAsItIs(git, { path, text, mode }, index);
  }
  return { kind: 'stored', leftOut };
}

/** Settings of the user's that would refuse a file, or take its mode from elsewhere. */
const ADD = [
  ...['core.safecrlf=false', 'core.fileMode=true', 'core.sparseCheckout=false'].flatMap(
    (setting) => ['-c', setting],
  ),
  ...['update-index', '--add', '-z', '--stdin'],
];

async function storeAsItIs(
  git: Git,
  { path, text, mode }: { readonly path: string; readonly text: string; readonly mode: string },
  index: GitCall,
): Promise<void> {
  const output = await git.output(['hash-object', '-w', '--stdin'], { input: text });
  const input = `${mode} ${output.toString('latin1').trim()}\t${path}\0`;
  await git.output(['update-index', '-z', '--index-info'], { ...index, input });
}

function commit(git: Git, draft: Draft, tree: Oid): Promise<Committed> {
  const { author, message, parent } = draft;
  const date = `@${Math.floor(draft.at / 1000)} +0000`;
  return commitTree(git, ['-p', parent, '-F', '-', tree], {
    input: message,
    env: {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
      GIT_COMMITTER_DATE: date,
    },
  });
}
