import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Oid } from '../../model/head.ts';
import { ForgeError } from '../error.ts';
import type { Checkout } from './checkout.ts';
import { coveringPaths, zeroOid } from './names.ts';
import { type Git, gitSaid, records } from './process.ts';
import { inTheWay, sameAs } from './work-files.ts';

/** How the work tree followed the branch. */
export type Followed =
  | { readonly kind: 'done' }
  /** Some files have local edits and were left as they are. Nothing is left to be done. */
  | { readonly kind: 'kept'; readonly warning: string }
  /** It could not follow now: the next run tries again. */
  | { readonly kind: 'behind'; readonly warning: string };

const ATTEMPTS = 8;

/**
 * Brings index and work tree from one commit to where the branch is now, for exactly the paths that
 * differ between the two. Local edits stay: files without any are brought along, and of those with
 * some only the index is, so that the next commit of the user's does not take this one back.
 *
 * The branch is read again each time: another process may move it on, and bring the work tree
 * along itself, while this one is at it.
 */
export async function bringAlong(
  checkout: Checkout,
  from: Oid,
  branchNow: () => Promise<Oid>,
): Promise<Followed> {
  const { git, top } = checkout;
  const kept = new Set<string>();
  let base = from;
  for (let attempt = 1; ; attempt += 1) {
    const target = await branchNow();
    // A file that was touched but not edited would be taken for edited. Its exit code says no more
    // than that there are edits somewhere.
    await git.run(['update-index', '-q', '--refresh']);
    const failed = await tryToFollow(checkout, base, target, kept);
    if (failed === undefined) {
      if ((await branchNow()) === target) return followed(top, [...kept]);
      base = target;
    }
    if (attempt === ATTEMPTS) {
      const warning = `the commit is made, but the files in ${top} could not follow it: ${failed ?? 'the branch kept moving'}. Until they do, git status shows the commit being undone. The next run tries again, or run \`git read-tree -m -u ${base} HEAD\` there`;
      return { kind: 'behind', warning };
    }
    // Most likely the user's editor, or another tick, has the index locked.
    if (failed !== undefined) await sleep(25 * attempt);
  }
}

function followed(top: string, kept: readonly string[]): Followed {
  const [first, ...others] = kept;
  if (first === undefined) return { kind: 'done' };
  const [which, it] =
    others.length === 0 ? [`${first} has`, 'it'] : [`${kept.join(', ')} have`, 'them'];
  const warning = `in ${top} ${which} local changes, which were kept: git status shows ${it} as modified, and committing ${it} like that would undo this commit. To see the difference: \`git diff HEAD -- ${first}\`. To take the committed version and drop the local changes: \`git checkout HEAD -- ${first}\``;
  return { kind: 'kept', warning };
}

/** A work tree that git cannot even look at, its index being broken, say, is one that stays behind. */
async function tryToFollow(...args: Parameters<typeof follow>): ReturnType<typeof follow> {
  try {
    return await follow(...args);
  } catch (error) {
    if (error instanceof ForgeError) return error.message.replace(/\.$/, '');
    throw error;
  }
}

/**
 * One try: all at once where nobody has edited anything, otherwise a file at a time.
 *
 * @param kept gets the paths whose local edits were left as they are
 * @returns why it failed
 */
async function follow(
  { git, top }: Checkout,
  base: Oid,
  target: Oid,
  kept: Set<string>,
): Promise<string | undefined> {
  const result = await git.run(['read-tree', '-m', '-u', base, target], { uninterrupted: true });
  if (result.code === 0) return undefined;
  // Another process is at it, and the files are about to change under us.
  if (/index\.lock/.test(result.stderr)) return gitSaid(result);
  const steps = await planFor(git, top, await changesBetween(git, base, target));
  const lines = steps.flatMap(({ index }) => (index === undefined ? [] : [index]));
  const indexed = await git.run(['update-index', '-z', '--index-info'], { input: lines.join('') });
  if (indexed.code !== 0) return gitSaid(indexed);
  const write = steps.filter(({ file }) => file === 'write').map(({ path }) => `${path}\0`);
  const written = await git.run(['checkout-index', '-z', '-q', '-f', '-u', '--stdin'], {
    input: write.join(''),
    uninterrupted: true,
  });
  for (const { path } of steps.filter(({ file }) => file === 'delete')) {
    await rm(join(top, path), { force: true });
  }
  for (const { path, file } of steps) {
    if (file === 'keep') kept.add(path);
    else kept.delete(path);
  }
  return written.code === 0 ? undefined : gitSaid(written);
}

/** A file that a commit changed; an id is absent where there was no file. */
interface Changed {
  readonly path: string;
  readonly before: Oid | undefined;
  readonly after: Oid | undefined;
  /** The line that puts it into an index. */
  readonly line: string;
}

async function changesBetween(git: Git, from: Oid, to: Oid): Promise<readonly Changed[]> {
  const output = await git.output([
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-renames',
    from,
    to,
    '--',
  ]);
  const none = zeroOid(from);
  const fields = records(output).map((record) => record.toString('utf8'));
  const changes: Changed[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    // `:<mode> <mode> <oid> <oid> <status>`
    const [, mode = '', before = none, after = none] = (fields[at] ?? '').split(' ');
    const path = fields[at + 1] ?? '';
    changes.push({
      path,
      before: before === none ? undefined : before,
      after: after === none ? undefined : after,
      line: after === none ? `0 ${none}\t${path}\0` : `${mode} ${after}\t${path}\0`,
    });
  }
  return changes;
}

interface Step {
  readonly path: string;
  /** The line for the index; absent where the index has edits of its own. */
  readonly index?: string;
  readonly file: 'write' | 'delete' | 'keep' | 'none';
}

/** What is to be done for each file, so that nothing is lost that is in no commit. */
async function planFor(
  git: Git,
  top: string,
  changes: readonly Changed[],
): Promise<readonly Step[]> {
  const paths = changes.map(({ path }) => path);
  const staged = await stagedAt(git, paths);
  const same = await sameAs(
    git,
    top,
    changes.map(({ path, before, after }) => ({
      path,
      oids: [before, after, ...(staged.get(path) ?? [])].filter((oid) => oid !== undefined),
    })),
  );
  const steps: Step[] = [];
  for (const { path, before, after, line } of changes) {
    const [index, ...more] = staged.get(path) ?? [];
    const has = (oid: Oid | undefined): boolean =>
      oid !== undefined && (same.get(path)?.includes(oid) ?? false);
    const follows = more.length === 0 && (index === before || index === after);
    // What is staged and in the work tree too is not lost when the index goes on.
    if (!follows && !(more.length === 0 && has(index))) {
      steps.push({ path, file: 'keep' });
    } else if (follows && has(after)) {
      steps.push({ path, index: line, file: 'none' });
    } else if (follows && has(before)) {
      steps.push({ path, index: line, file: after === undefined ? 'delete' : 'write' });
    } else if (follows && !(await inTheWay(top, path))) {
      // As git does it: a file that is gone has no edits to be kept.
      steps.push({ path, index: line, file: after === undefined ? 'none' : 'write' });
    } else {
      steps.push({ path, index: line, file: 'keep' });
    }
  }
  return steps;
}

/** The ids that the index has at each path: several in a conflict, none for what is not in it. */
async function stagedAt(
  git: Git,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly Oid[]>> {
  const output = await git.output(['ls-files', '-z', '--stage', '--', ...coveringPaths(paths)]);
  const found = new Map<string, Oid[]>();
  for (const record of records(output)) {
    const [entry = '', path = ''] = record.toString('utf8').split(/\t(.*)/s);
    const [, oid = '', stage] = entry.split(' ');
    // An entry of a conflict counts twice, so that one alone is a conflict too.
    const oids = stage === '0' ? [oid] : [oid, oid];
    found.set(path, [...(found.get(path) ?? []), ...oids]);
  }
  return found;
}
