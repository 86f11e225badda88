import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instant } from '../time.ts';
import { ForgeError } from './error.ts';
import type { FileChange, Oid } from './forge.ts';
import { assertPath, foldersOf, zeroOid } from './git-names.ts';
import { listTree, type TreeEntry } from './git-objects.ts';
import type { Git } from './git-process.ts';

/** A name and an e-mail address, as a commit carries them. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** A commit to be made; `at` is its author and committer date. */
export interface Draft {
  readonly parent: Oid;
  readonly message: string;
  readonly changes: readonly FileChange[];
  readonly at: Instant;
  readonly author: Identity;
}

export type DraftOutcome =
  | { readonly kind: 'drafted'; readonly oid: Oid }
  /** The changes alter nothing: no commit was made. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly detail: string };

/**
 * Makes a commit that nothing refers to yet: git forgets it in time unless a ref is moved to it.
 *
 * Works in an index of its own, so the user's index, work tree and hooks have no part in it; the
 * texts are stored byte for byte, past every line-ending filter. A file that exists keeps its mode.
 * Author and committer date are both `at`, in whole seconds: the same draft has the same id.
 *
 * @throws ForgeError `bad-path`, `unknown-commit`, `git-failed`.
 */
export async function draftCommit(git: Git, draft: Draft): Promise<DraftOutcome> {
  const { parent, changes } = draft;
  const paths = changes.map((change) => change.path);
  paths.forEach(assertPath);
  assertOnce(paths);
  if (changes.length === 0) return { kind: 'unchanged' };

  const around = [...new Set(paths.flatMap((path) => [...foldersOf(path), path]))];
  const entries = await listTree(git, parent, around);
  const existing = new Map(entries.map((entry) => [entry.path, entry]));
  const detail = misfit(changes, existing);
  if (detail !== undefined) return { kind: 'refused', detail };

  const workshop = await mkdtemp(join(tmpdir(), 'sluice-'));
  try {
    const index = { env: { GIT_INDEX_FILE: join(workshop, 'index') } };
    // A sparse checkout is about the user's work tree; this index needs every file.
    await git.output(['-c', 'core.sparseCheckout=false', 'read-tree', parent], index);
    const input = await indexLines(git, draft, existing, workshop);
    await git.output(['update-index', '-z', '--index-info'], { ...index, input });
    const tree = (await git.output(['write-tree'], index)).toString('latin1').trim();
    const before = await git.output(['rev-parse', '--verify', `${parent}^{tree}`]);
    if (tree === before.toString('latin1').trim()) return { kind: 'unchanged' };
    return { kind: 'drafted', oid: await commitTree(git, draft, tree) };
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
  changes: readonly FileChange[],
  existing: ReadonlyMap<string, TreeEntry>,
): string | undefined {
  const deleted = new Set(
    changes.filter((change) => change.text === undefined).map((change) => change.path),
  );
  for (const { path, text } of changes) {
    const entry = existing.get(path);
    if (entry?.type === 'tree') return `${path} is a folder; rename it, then run again`;
    if (entry && !entry.mode.startsWith('100')) {
      const what = entry.mode === '120000' ? 'symbolic link' : 'submodule';
      return `${path} is a ${what}; replace it with a plain file, then run again`;
    }
    const file = foldersOf(path).find((folder) => {
      const type = existing.get(folder)?.type;
      return type !== undefined && type !== 'tree' && !deleted.has(folder);
    });
    if (text !== undefined && file !== undefined) {
      return `${path} cannot be written because ${file} is not a folder; rename that, then run again`;
    }
  }
  return undefined;
}

/** What update-index is told: `<mode> <oid>\t<path>\0`, mode 0 to delete. */
async function indexLines(
  git: Git,
  draft: Draft,
  existing: ReadonlyMap<string, TreeEntry>,
  workshop: string,
): Promise<string> {
  const none = zeroOid(draft.parent);
  const lines: string[] = [];
  const written: { path: string; file: string }[] = [];
  // Deletions first: a file may make room for a folder of its name.
  for (const { path, text } of draft.changes) {
    if (text === undefined) {
      lines.push(`0 ${none}\t${path}\0`);
      continue;
    }
    const file = join(workshop, String(written.length));
    await writeFile(file, text, 'utf8');
    written.push({ path, file });
  }
  if (written.length > 0) {
    const output = await git.output(['hash-object', '-w', '--no-filters', '--stdin-paths'], {
      input: written.map(({ file }) => `${file}\n`).join(''),
    });
    const oids = output.toString('latin1').split('\n');
    written.forEach(({ path }, index) => {
      lines.push(`${existing.get(path)?.mode ?? '100644'} ${oids[index]}\t${path}\0`);
    });
  }
  return lines.join('');
}

async function commitTree(git: Git, draft: Draft, tree: Oid): Promise<Oid> {
  const { author, message, parent } = draft;
  const date = `@${Math.floor(draft.at / 1000)} +0000`;
  const output = await git.output(['commit-tree', '--no-gpg-sign', '-p', parent, '-F', '-', tree], {
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
  return output.toString('latin1').trim();
}
