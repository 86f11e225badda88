import { readFile } from 'node:fs/promises';
import type { Oid, Touch } from './forge.ts';
import { assertOid, assertPath, coveringPaths } from './git-names.ts';
import type { Git } from './git-process.ts';

/**
 * The commits that touched each of `paths`, newest first, `limit` a path at most, from one `git log`
 * that is stopped as soon as nothing more is wanted.
 *
 * Only first parents are followed, so a touch is the commit with which a change reached the branch:
 * a merge that brought it in, not the commits it had on the way; its time is that commit's committer
 * date. Renames are not followed: a file's history begins where its path does. In a shallow clone
 * the last commit there is counts as touching everything, and says that history is cut there.
 *
 * @returns an entry for every path asked for, empty where nothing touched it.
 * @throws ForgeError `unknown-commit`, `bad-path`, `git-failed`.
 */
export async function touches(
  git: Git,
  commit: Oid,
  paths: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly Touch[]>> {
  assertOid(commit);
  paths.forEach(assertPath);
  const found = new Map<string, Touch[]>(paths.map((path) => [path, []]));
  let wanting = limit > 0 ? found.size : 0;
  if (wanting === 0) return found;

  const cuts = await shallowCommits(git);
  const read = logReader((touch, path) => {
    const list = found.get(path);
    if (!list || list.length >= limit) return;
    list.push(cuts.has(touch.oid) ? { ...touch, cut: true } : touch);
    if (list.length === limit) wanting -= 1;
  });
  await git.stream([...LOG, commit, '--', ...coveringPaths([...found.keys()])], (chunk) => {
    read(chunk);
    return wanting > 0;
  });
  return found;
}

/** The commits at which a shallow clone ends (https://git-scm.com/docs/shallow). */
async function shallowCommits(git: Git): Promise<ReadonlySet<Oid>> {
  const file = await git.output(['rev-parse', '--path-format=absolute', '--git-path', 'shallow']);
  try {
    return new Set((await readFile(file.toString('utf8').trimEnd(), 'utf8')).trim().split('\n'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Set();
    throw error;
  }
}

/**
 * `--raw` rather than `--name-only`: each of its paths follows a record that begins with a colon,
 * so a file whose name looks like one of our headers is still only a name. The `--no-…` undo
 * settings of the user's that would change what is printed.
 */
const LOG = [
  'log',
  '-z',
  '--raw',
  '--format=%H %ct',
  '--first-parent',
  '--diff-merges=first-parent',
  '--no-abbrev',
  '--no-renames',
  '--no-follow',
  '--no-relative',
  '--no-ext-diff',
  '--no-show-signature',
  '--no-notes',
  '--no-color',
  '-O/dev/null',
];

/**
 * Takes `<oid> <seconds>\0` and, for each path of that commit, `:<modes and oids>\0<path>\0`; the
 * first colon of a commit has a newline before it.
 */
function logReader(found: (touch: Touch, path: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let touch: Touch | undefined;
  let pathIsNext = false;

  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(0); end !== -1; end = rest.indexOf(0, start)) {
      const record = rest.toString('utf8', start, end);
      start = end + 1;
      if (pathIsNext) {
        if (touch) found(touch, record);
        pathIsNext = false;
      } else if (/^\n?:/.test(record)) {
        pathIsNext = true;
      } else {
        const [oid = '', seconds = ''] = record.split(' ');
        touch = { oid, at: Number(seconds) * 1000 };
      }
    }
    rest = rest.subarray(start);
  };
}
