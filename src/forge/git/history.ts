import { readFile } from 'node:fs/promises';
import type { Oid } from '../../model/head.ts';
import type { FileRecord, RecordOptions, Touch } from '../forge.ts';
import { assertOid, assertPath, coveringPaths } from './names.ts';
import type { Git } from './process.ts';

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
  return history(git, commit, paths, limit, {
    options: ['--first-parent', '--format=%H %ct'],
    fields: 0,
    read: (touch) => touch,
  });
}

/**
 * The commits that touched each of `paths` with their messages, newest first, `limit` a path at most.
 *
 * Along all parents: somebody who pulled before they pushed has made Sluice's commits the second
 * parent of a merge. None is listed before a commit that is built on it, whatever their clocks say.
 *
 * @throws ForgeError `unknown-commit`, `bad-path`, `git-failed`.
 */
export async function records(
  git: Git,
  commit: Oid,
  paths: readonly string[],
  { limit, signers }: RecordOptions,
): Promise<ReadonlyMap<string, readonly FileRecord[]>> {
  // Git verifies a signature only where one is asked for: it starts a program for each commit.
  const fields = ['%B', ...(signers ? ['%G?', '%GF', '%GP', '%GS'] : [])];
  return history(git, commit, paths, limit, {
    options: ['--full-history', '--topo-order', `--format=%H %ct%x00${fields.join('%x00')}`],
    fields: fields.length,
    read: (touch, [message = '', ...signature]) => ({
      ...touch,
      message: message.trimEnd(),
      own: signers === undefined || isSignedBy(signers, signature),
    }),
  });
}

/**
 * Whether git found a signature good and made by one of these. A key that git does not know for whose
 * it is (`U`) is known by its fingerprint alone: anyone can make a key with a name on it.
 */
function isSignedBy(
  signers: readonly string[],
  [state = '', key = '', primary = '', name = '']: readonly string[],
): boolean {
  const isKey = (signer: string): boolean => {
    const wanted = fingerprint(signer);
    return wanted !== '' && [key, primary].some((each) => fingerprint(each) === wanted);
  };
  if (state === 'G') return signers.some((signer) => isKey(signer) || signer === name);
  return state === 'U' && signers.some(isKey);
}

/** GnuPG's are hex, in groups or not; those of SSH keys are base64 and mean what they say. */
function fingerprint(text: string): string {
  const hex = text.replaceAll(' ', '').toUpperCase();
  return /^[0-9A-F]{40,64}$/.test(hex) ? hex : text.trim();
}

interface LogOf<T> {
  readonly options: readonly string[];
  /** How many fields follow `<oid> <seconds>`, each after a NUL. */
  readonly fields: number;
  readonly read: (touch: Touch, fields: readonly string[]) => T;
}

/** One `git log` that is stopped as soon as nothing more is wanted. */
async function history<T extends Touch>(
  git: Git,
  commit: Oid,
  paths: readonly string[],
  limit: number,
  { options, fields, read }: LogOf<T>,
): Promise<ReadonlyMap<string, readonly T[]>> {
  assertOid(commit);
  paths.forEach(assertPath);
  const found = new Map<string, T[]>(paths.map((path) => [path, []]));
  let wanting = limit > 0 ? found.size : 0;
  if (wanting === 0) return found;

  const cuts = await shallowCommits(git);
  const take = logReader(fields, (touch, more, path) => {
    const list = found.get(path);
    if (!list || list.length >= limit) return;
    list.push(read(cuts.has(touch.oid) ? { ...touch, cut: true } : touch, more));
    if (list.length === limit) wanting -= 1;
  });
  const args = [...LOG, ...options, commit, '--', ...coveringPaths([...found.keys()])];
  await git.stream(args, (chunk) => {
    take(chunk);
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
 * Takes `<oid> <seconds>\0`, so many fields with a NUL after each and, for each path of that commit,
 * `:<modes and oids>\0<path>\0`; the first colon of a commit has a newline before it.
 */
function logReader(
  fields: number,
  found: (touch: Touch, fields: readonly string[], path: string) => void,
): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let touch: Touch | undefined;
  let more: string[] = [];
  let pathIsNext = false;

  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(0); end !== -1; end = rest.indexOf(0, start)) {
      const record = rest.toString('utf8', start, end);
      start = end + 1;
      if (touch && more.length < fields) {
        more.push(record);
      } else if (pathIsNext) {
        if (touch) found(touch, more, record);
        pathIsNext = false;
      } else if (/^\n?:/.test(record)) {
        pathIsNext = true;
      } else {
        const [oid = '', seconds = ''] = record.split(' ');
        touch = { oid, at: Number(seconds) * 1000 };
        more = [];
      }
    }
    rest = rest.subarray(start);
  };
}
