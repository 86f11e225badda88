import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../../model/head.ts';
import { foldersOf } from './names.ts';
import type { Git } from './process.ts';

/** A file's place in a work tree, and the contents it is compared with. */
export interface Compared {
  readonly path: string;
  readonly oids: readonly Oid[];
}

/**
 * Which of the contents the files of a work tree have: the ids that each file is the same as. A
 * difference that a filter or the line endings make is none, whichever side has been through them:
 * nobody typed it.
 */
export async function sameAs(
  git: Git,
  top: string,
  files: readonly Compared[],
): Promise<ReadonlyMap<string, readonly Oid[]>> {
  const found = new Map<string, readonly Oid[]>();
  for (const { path, oids } of files) {
    const stat = await statOf(join(top, path));
    if (!stat?.isFile()) continue;
    const raw = await hashOf(git, ['--no-filters', '--', path]);
    const clean = await hashOf(git, ['--', path]);
    const same: Oid[] = [];
    for (const oid of oids) {
      if (oid === raw || oid === clean || (await cleanedBlob(git, path, oid)) === clean) {
        same.push(oid);
      }
    }
    found.set(path, same);
  }
  return found;
}

/** The id a file gets; `undefined` if its filter fails. */
async function hashOf(git: Git, args: readonly string[], input?: string): Promise<Oid | undefined> {
  const call = input === undefined ? {} : { input };
  // What a file should look like is no question here.
  const result = await git.run(['-c', 'core.safecrlf=false', 'hash-object', ...args], call);
  return result.code === 0 ? result.stdout.toString('latin1').trim() : undefined;
}

/** The id that the contents of a blob would get as this file; never `undefined` by failing. */
async function cleanedBlob(git: Git, path: string, oid: Oid): Promise<Oid> {
  const blob = await git.run(['cat-file', 'blob', oid]);
  const text = blob.stdout.toString('utf8');
  // Only text has line endings, and only text can be passed on as it is.
  if (blob.code !== 0 || !Buffer.from(text, 'utf8').equals(blob.stdout)) return oid;
  return (await hashOf(git, ['--stdin', `--path=${path}`], text)) ?? oid;
}

/** What is there in the file system, links not followed; `undefined` if nothing is. */
function statOf(file: string): Promise<Stats | undefined> {
  return lstat(file).catch(() => undefined);
}

/**
 * What in a work tree keeps a new file from being written at a path: the path itself, or a file or
 * link where a folder of it has to be.
 */
export async function inTheWay(
  top: string,
  path: string,
  isTracked: (path: string) => boolean = () => false,
): Promise<string | undefined> {
  for (const step of [...foldersOf(path), path]) {
    const found = await statOf(join(top, step));
    // A tracked file that makes room for a folder has nothing of the user's below it.
    if (!found || isTracked(step)) return undefined;
    if (step !== path && found.isDirectory()) continue;
    return step;
  }
  return undefined;
}
