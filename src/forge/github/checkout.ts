import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid } from '../../model/head.ts';
import { ForgeError } from '../error.ts';
import type { Listing } from '../forge.ts';
import { readBlobs } from '../git/blobs.ts';
import { listTree, readEntries, readEntry, withMisplaced } from '../git/objects.ts';
import { gitIn } from '../git/process.ts';
import type { TreeEntry } from '../git/tree-entry.ts';
import { LARGEST_FILE } from '../text.ts';
import type { Wanted } from '../wanted.ts';

/** The files of one commit, without asking GitHub. */
export interface LocalCommit {
  read(wanted: Wanted, maxBytes: number): Promise<Listing>;
  readAt(path: string): Promise<string | undefined>;
}

/** Looks a commit up; `undefined` where it is not there, or cannot be read. */
export type Checkout = (oid: Oid) => Promise<LocalCommit | undefined>;

/** Up to so many files are taken from the work tree; for more of them, git is quicker. */
const FEW = 100;

/**
 * The checkout in a folder, for any commit that it has; where git is missing or does not trust the
 * folder's owner, it has none. What is read is what the commit's id stands for: the work tree
 * serves for files that are the same there, byte for byte.
 */
export function checkoutIn(dir: string): Checkout {
  const git = gitIn({ cwd: dir });

  async function contentsOf(entries: readonly TreeEntry[], maxBytes: number) {
    const few = entries.length <= FEW ? entries : [];
    const found = few.map((entry) => inWorkTree(dir, entry, maxBytes));
    const rest = entries.filter((_, index) => found[index] === undefined);
    const blobs = await readBlobs(
      git,
      rest.map(({ oid }) => oid),
      maxBytes,
    );
    const others = blobs.values();
    return entries.map((_, index) => found[index] ?? others.next().value ?? 'too-large');
  }

  async function open(oid: Oid): Promise<LocalCommit | undefined> {
    if (!existsSync(join(dir, '.git'))) return undefined;
    try {
      const tree = await listTree(git, oid);
      return {
        read: async (wanted, maxBytes) => {
          const listing = await readEntries(tree, wanted, (entries) =>
            contentsOf(entries, maxBytes),
          );
          return withMisplaced(listing, wanted.paths, tree);
        },
        readAt: (path) =>
          readEntry(tree, path, async (entry) => {
            const [bytes] = await contentsOf([entry], LARGEST_FILE);
            return Buffer.isBuffer(bytes) ? bytes : undefined;
          }),
      };
    } catch (error) {
      if (error instanceof ForgeError) return undefined;
      throw error;
    }
  }

  const opened = new Map<Oid, ReturnType<Checkout>>();
  return (oid) => {
    const commit = opened.get(oid) ?? open(oid);
    opened.set(oid, commit);
    return commit;
  };
}

/** A file's bytes in the work tree, where they are those of the commit. */
function inWorkTree(dir: string, { path, oid }: TreeEntry, maxBytes: number): Buffer | undefined {
  const file = join(dir, path);
  try {
    const stat = lstatSync(file);
    if (!stat.isFile() || stat.size > maxBytes) return undefined;
    const bytes = readFileSync(file);
    return blobId(bytes, oid.length) === oid ? bytes : undefined;
  } catch {
    // Not there, or not for us: git has it.
    return undefined;
  }
}

/** The id git gives to contents: of 40 hex digits, or of 64 in a repository of SHA-256. */
function blobId(bytes: Buffer, length: number): Oid {
  const hash = createHash(length === 40 ? 'sha1' : 'sha256');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
