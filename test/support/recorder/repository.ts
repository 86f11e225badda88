import { git, tryGit } from '../../github/git/process.ts';
import { ObjectReader } from '../../github/git/reader.ts';
import type { Normaliser } from './normaliser.ts';

/** A branch after a run. */
export interface RecordedBranch {
  readonly head: string;
  /** Path → blob id. Of a branch that is not the default one, only what differs from that. */
  readonly tree: Readonly<Record<string, string>>;
}

export interface RecordedCommit {
  readonly id: string;
  readonly author: string;
  readonly subject: string;
  readonly trailers: readonly string[];
}

export interface RecordedRepository {
  readonly branches: Readonly<Record<string, RecordedBranch>>;
  /** Those that were not there before, oldest first. */
  readonly commits: readonly RecordedCommit[];
}

/** Looks at a repository after each run, and keeps in mind what it has seen of it. */
export interface Observer {
  look(): Promise<RecordedRepository | undefined>;
}

interface Commit {
  readonly oid: string;
  readonly author: string;
  readonly subject: string;
  readonly trailers: readonly string[];
}

const FIELD = '%x1f';
const END = '%x1e';
const COMMIT = ['%H', '%an <%ae>', '%s', '%(trailers:only,unfold)'].join(FIELD) + END;

/**
 * @param dir a bare repository, or a folder in a work tree; anywhere else there is nothing to see
 * @param branch the default branch
 */
export function observer(dir: string, branch: string, normal: Normaliser): Observer {
  const main = `refs/heads/${branch}`;
  const seen = new Set<string>();
  const blobs = new Map<string, string>();

  /** Commits of a branch that the branches before it do not have, oldest first. */
  async function commits(ref: string, before: readonly string[]) {
    const printed = await git(dir, [
      ...['log', '--topo-order', '--reverse', `--format=${COMMIT}`],
      ...[ref, '--not', ...before, '--'],
    ]);
    return printed.split('\x1e').flatMap((text) => {
      const [oid = '', author = '', subject = '', trailers = ''] = text.trim().split('\x1f');
      const lines = trailers.split('\n').filter((line) => line !== '');
      return oid === '' ? [] : [{ oid, author, subject, trailers: lines }];
    });
  }

  async function tree(ref: string, reader: ObjectReader): Promise<Record<string, string>> {
    const listed = await git(dir, ['ls-tree', '-r', '-z', '--full-tree', ref]);
    const found: Record<string, string> = {};
    for (const entry of listed.split('\0')) {
      const [, mode, oid, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
      if (mode === undefined || oid === undefined || path === undefined) continue;
      const id = blobs.get(oid) ?? (await blob(oid, reader));
      blobs.set(oid, id);
      found[normal.text(path)] = mode === '100644' ? id : `${mode} ${id}`;
    }
    return found;
  }

  async function blob(oid: string, reader: ObjectReader): Promise<string> {
    const object = await reader.content(oid);
    return object?.type === 'blob' ? normal.blob(oid, object.content) : oid;
  }

  /** Branches, the default one first: what the others have of it is not recorded again. */
  async function branches(): Promise<readonly string[] | undefined> {
    const format = '--format=%(refname)';
    const { code, stdout } = await tryGit(dir, [
      ...['for-each-ref', format, 'refs/heads', 'refs/remotes'],
    ]);
    if (code !== 0) return undefined;
    const refs = stdout.split('\n').filter((ref) => ref !== '' && !ref.endsWith('/HEAD'));
    return [...refs.filter((ref) => ref === main), ...refs.filter((ref) => ref !== main)];
  }

  return {
    async look() {
      const refs = await branches();
      if (refs === undefined) return undefined;
      const fresh: Commit[] = [];
      for (const [at, ref] of refs.entries()) {
        const found = await commits(ref, refs.slice(0, at));
        fresh.push(...found.filter(({ oid }) => !seen.has(oid)));
      }
      for (const { oid } of fresh) seen.add(oid);
      normal.number(fresh.map(({ oid }) => oid));
      const reader = new ObjectReader(dir);
      try {
        const recorded: Record<string, RecordedBranch> = {};
        let base: Readonly<Record<string, string>> = {};
        for (const ref of refs) {
          const found = await tree(ref, reader);
          const head = normal.text(await git(dir, ['rev-parse', `${ref}^{commit}`]));
          recorded[normal.text(nameOf(ref))] = { head, tree: differing(base, found) };
          if (ref === main) base = found;
        }
        return { branches: recorded, commits: fresh.map((commit) => normalised(commit, normal)) };
      } finally {
        reader.close();
      }
    },
  };
}

const nameOf = (ref: string): string => ref.replace(/^refs\/(heads|remotes)\//, '');

/** What a tree has that another has not, and (`gone`) the reverse. */
function differing(
  base: Readonly<Record<string, string>>,
  tree: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const changed = Object.entries(tree).filter(([path, id]) => base[path] !== id);
  const gone = Object.keys(base).filter((path) => tree[path] === undefined);
  return Object.fromEntries([...changed, ...gone.map((path) => [path, 'gone'])]);
}

function normalised(commit: Commit, normal: Normaliser): RecordedCommit {
  return {
    id: normal.text(commit.oid),
    author: commit.author,
    subject: normal.text(commit.subject),
    trailers: commit.trailers.map(normal.text),
  };
}
