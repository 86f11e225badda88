import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Listing, RefusedFile, RepositoryFile } from './forge.ts';
import { decode, madeOut } from './text.ts';

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
        const file = readOne(join(dir, path), maxBytes);
        if (typeof file === 'string') files.push({ path, text: file });
        else if (file) refused.push({ path, ...file });
      }
    }
  };
  visit('');
  return { files, refused };
}

/** One file's text, or `undefined` where no regular UTF-8 file lies there. Links are not followed. */
export async function readWorkTreeFile(
  dir: string,
  path: string,
  { maxBytes }: { readonly maxBytes: number },
): Promise<string | undefined> {
  try {
    const file = readOne(join(dir, path), maxBytes);
    return typeof file === 'string' ? file : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Links are not followed; and a pipe, which git would not keep, is not waited for. */
const HOW = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A file's text; `undefined` for what is no file: a pipe, a device. */
function readOne(file: string, maxBytes: number): string | Omit<RefusedFile, 'path'> | undefined {
  let opened: number;
  try {
    opened = openSync(file, HOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') return { reason: 'symlink' };
    throw error;
  }
  try {
    const stat = fstatSync(opened);
    if (!stat.isFile()) return undefined;
    if (stat.size > maxBytes) return { reason: 'too-large' };
    const bytes = readFileSync(opened);
    return decode(bytes) ?? { reason: 'not-utf8', text: madeOut(bytes) };
  } finally {
    closeSync(opened);
  }
}
