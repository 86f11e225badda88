import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../../model/head.ts';
import type { Checkout } from './checkout.ts';
import { bringAlong } from './follow.ts';

/**
 * A redo log for the user's work tree, and for nothing else: no decision is ever made from it.
 *
 * Moving the branch and bringing the work tree along are two steps, and a process can die between
 * them; `git status` would then show the bot's commit being undone. So what is about to be done is
 * noted in the work tree's git folder first, as `sluice/redo-…`, and whoever opens the forge next
 * finishes it.
 */
export interface Redo {
  /** The branch, `refs/heads/…`. */
  readonly ref: string;
  readonly from: Oid;
  readonly to: Oid;
}

interface Note extends Redo {
  readonly file: string;
}

const NAME = /^redo-/;
const RECORD = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (refs\/heads\/.+)\n$/s;

function folderOf(checkout: Checkout): string {
  return join(checkout.gitDir, 'sluice');
}

/**
 * Notes the step before the branch moves.
 *
 * @returns the note's file, to be given to `dropRedo` when the step is done or the branch did not
 *   move. Each process has its own: two may be about to make the very same commit.
 */
export async function noteRedo(checkout: Checkout, { ref, from, to }: Redo): Promise<string> {
  const folder = folderOf(checkout);
  await mkdir(folder, { recursive: true });
  const id = randomUUID();
  const file = join(folder, `redo-${id}`);
  // Written aside and renamed, so that nobody reads half of it.
  const aside = join(folder, `new-${id}`);
  await writeFile(aside, `${from} ${to} ${ref}\n`);
  await rename(aside, file);
  return file;
}

/** Removes a note, whether or not another process has done so already. */
export async function dropRedo(file: string): Promise<void> {
  await rm(file, { force: true });
}

/**
 * Finishes what a process that died left undone. The branch now:
 * - contains the noted commit: index and work tree are brought from before it to the branch. Paths
 *   at which the index already is there are left alone, so doing it twice, or after the user put
 *   things right, changes nothing.
 * - is where it was before: the process may be alive and about to move it; the note stays, and is
 *   harmless.
 * - is anywhere else: the move never happened, or a person took it back; the note is dropped.
 *
 * Where the work tree cannot follow now, the note stays for the next time; local edits are no
 * reason, they stay as they are.
 */
export async function finishInterrupted(
  checkout: Checkout,
  ref: string,
  branchNow: () => Promise<Oid>,
): Promise<void> {
  for (const note of await notes(checkout)) {
    const now = await branchNow();
    if (note.ref !== ref || now === note.from) continue;
    const moved = await contains(checkout, now, note.to);
    const followed = moved ? await bringAlong(checkout, note.from, branchNow) : undefined;
    if (followed?.kind !== 'behind') await dropRedo(note.file);
  }
}

async function notes(checkout: Checkout): Promise<readonly Note[]> {
  const folder = folderOf(checkout);
  const names = await readdir(folder).catch(() => []);
  const found: Note[] = [];
  for (const name of names.filter((candidate) => NAME.test(candidate))) {
    const file = join(folder, name);
    // Gone in the meantime: another process finished it.
    const text = await readFile(file, 'utf8').catch(() => '');
    const [, from, to, ref] = RECORD.exec(text) ?? [];
    if (from !== undefined && to !== undefined && ref !== undefined) {
      found.push({ file, ref, from, to });
    }
  }
  return found;
}

async function contains(checkout: Checkout, now: Oid, commit: Oid): Promise<boolean> {
  const { code } = await checkout.git.run(['merge-base', '--is-ancestor', commit, now]);
  return code === 0;
}
