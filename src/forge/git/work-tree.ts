import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import type { RefusedFile, RepositoryFile } from '../../model/repository-file.ts';
import type { Listing } from '../forge.ts';
import { decode, madeOut } from '../text.ts';
import { entersIn, type Wanted } from '../wanted.ts';

/** Folders that hold no rollouts, whatever the glob says. */
const SKIPPED = new Set(['.git', 'node_modules']);

/**
 * Reads files of a folder as they are on disk, committed or not: what somebody is about to commit.
 * Links are not followed. One after the other and without waiting: there is nothing else to do
 * meanwhile, and ten thousand promises take longer than ten thousand files.
 */
export async function readWorkTree(
  dir: string,
  wanted: Wanted,
  { maxBytes }: { readonly maxBytes: number },
): Promise<Listing> {
  const files: RepositoryFile[] = [];
  const refused: RefusedFile[] = [];
  const seen = new Set<string>();
  const take = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const file = readOne(join(dir, path), maxBytes);
    if (typeof file === 'string') files.push({ path, text: file });
    else if (file) refused.push({ path, ...file });
  };
  const visit = (folder: string): void => {
    for (const entry of entriesIn(join(dir, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!entry.isDirectory()) {
        if (wanted.matches(path)) take(path);
      } else if (!SKIPPED.has(entry.name) && entersIn(wanted, path)) visit(path);
    }
  };
  for (const path of wanted.paths) {
    const reason = inTheWay(dir, path);
    if (reason !== undefined) refused.push({ path, reason });
    else if (statOf(join(dir, path))) take(path);
  }
  for (const folder of wanted.under) if (folder === '' || isFolder(dir, folder)) visit(folder);
  return { files: files.sort(byPath), refused: refused.sort(byPath) };
}

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : 1;

const entriesIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));

/** What lies there, links not followed; `undefined` if nothing does, or nothing can. */
const statOf = (file: string): Stats | undefined => {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
};

/** A path and the folders that it is in, outermost first. */
function stepsTo(dir: string, path: string): readonly (Stats | undefined)[] {
  const parts = path.split('/');
  return parts.map((_, index) => statOf(join(dir, ...parts.slice(0, index + 1))));
}

/** Whether a folder is there, and none of its path is a link. */
const isFolder = (dir: string, folder: string): boolean =>
  stepsTo(dir, folder).every((step) => step?.isDirectory() ?? false);

/** Why no file can be at a path. */
function inTheWay(dir: string, path: string): 'folder' | 'below-a-file' | undefined {
  const steps = stepsTo(dir, path);
  if (steps.slice(0, -1).some((step) => step && !step.isDirectory())) return 'below-a-file';
  return steps.at(-1)?.isDirectory() ? 'folder' : undefined;
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
