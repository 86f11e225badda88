import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Listing, RefusedFile, RepositoryFile } from './forge.ts';

/** Folders that hold no rollouts, whatever the glob says. */
const SKIPPED = new Set(['.git', 'node_modules']);

/**
 * Reads files of a folder as they are on disk, committed or not: what somebody is about to commit.
 * Links are not followed. One after the other and without waiting: there is nothing else to do
 * meanwhile, and ten thousand promises take longer than ten thousand files.
 *
 * @param match tells the files by their path from the folder, with `/` between names
 */
export async function readWorkTree(
  dir: string,
  match: (path: string) => boolean,
  { maxBytes }: { readonly maxBytes: number },
): Promise<Listing> {
  const files: RepositoryFile[] = [];
  const refused: RefusedFile[] = [];
  const visit = (folder: string): void => {
    const entries = readdirSync(join(dir, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name)) visit(path);
      } else if (match(path)) {
        const file = entry.isSymbolicLink()
          ? ({ reason: 'symlink' } as const)
          : readOne(join(dir, path), maxBytes);
        if (typeof file === 'string') files.push({ path, text: file });
        else refused.push({ path, reason: file.reason });
      }
    }
  };
  visit('');
  return { files, refused };
}

/** One file's text, or `undefined` where there is none. */
export async function readWorkTreeFile(dir: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(join(dir, path), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const EXACT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readOne(file: string, maxBytes: number): string | Pick<RefusedFile, 'reason'> {
  const opened = openSync(file, 'r');
  try {
    if (fstatSync(opened).size > maxBytes) return { reason: 'too-large' };
    return EXACT.decode(readFileSync(opened));
  } catch (error) {
    if (error instanceof TypeError) return { reason: 'not-utf8' };
    throw error;
  } finally {
    closeSync(opened);
  }
}
