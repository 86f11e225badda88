import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError } from '../repository/context.ts';

export interface NewFiles {
  readonly written: readonly string[];
  /** Files that were there already and stay as they are. */
  readonly kept: readonly string[];
}

/**
 * Writes files into a folder, by their paths in it. A file that exists is never overwritten, and no
 * symbolic link is followed: a linked `.github` could lead the workflows into another repository.
 *
 * Every path is looked at before the first file is written, so a refusal leaves the folder as it was.
 *
 * @throws CommandError `path-in-the-way` if a path leads through a link, or something that is neither a
 *   folder nor a file is there
 */
export async function writeNewFiles(
  dir: string,
  files: Readonly<Record<string, string>>,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<NewFiles> {
  const written: string[] = [];
  const kept: string[] = [];
  for (const path of Object.keys(files)) {
    ((await isThere(dir, path)) ? kept : written).push(path);
  }
  if (dryRun) return { written, kept };
  for (const path of written) {
    const full = join(dir, path);
    await mkdir(dirname(full), { recursive: true });
    // 'wx' overwrites nothing and follows no link, should something have come there meanwhile.
    await writeFile(full, files[path] ?? '', { flag: 'wx' });
  }
  return { written, kept };
}

/** Whether a file is at this path already. */
async function isThere(dir: string, path: string): Promise<boolean> {
  const parts = path.split('/');
  for (const [index] of parts.entries()) {
    const step = parts.slice(0, index + 1).join('/');
    const found = await lstat(join(dir, step)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!found) return false;
    const isLast = index === parts.length - 1;
    if (found.isSymbolicLink()) {
      throw inTheWay(`${step} is a symbolic link`, 'links are not followed', step);
    }
    if (isLast ? !found.isFile() : !found.isDirectory()) {
      const due = isLast ? 'file' : 'folder';
      throw inTheWay(`${step} is not a ${due}`, `${path} cannot be written there`, step);
    }
  }
  return true;
}

function inTheWay(what: string, why: string, step: string): CommandError {
  return new CommandError(
    'path-in-the-way',
    `${what}, and ${why}, so nothing was written; move ${step} away, then run this again`,
  );
}
