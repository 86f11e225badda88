import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ForgeError } from '../../src/forge/error.ts';
import type {
  FileChange,
  FileRecord,
  Forge,
  Looked,
  ProposalOutcome,
} from '../../src/forge/forge.ts';
import type { CommitIdentity } from '../../src/forge/git/draft.ts';
import { wantedFilter } from '../../src/forge/wanted.ts';
import type { Head, Oid } from '../../src/model/head.ts';
import type { Proposal } from '../../src/model/proposal.ts';
import type { Instant } from '../../src/time.ts';

/**
 * A repository that is nothing but objects in memory, for tests that make tens of thousands of
 * calls. It keeps what git keeps, commits, trees and branches, and answers as the local git forge
 * does: `test/forge/contract.test.ts` holds both to the same words.
 */
export interface MemoryRepository {
  /** A process of its own on this repository: it knows what the repository knows. */
  forgeAs(author: CommitIdentity): Forge;
  /** What a person does with a revert: merges it. False where git would report a conflict. */
  merge(branch: string, at: Instant): boolean;
  /** Renames it into `rollout/declined/…`. */
  decline(branch: string): void;
  /** Deletes its branch, which says nothing. */
  drop(branch: string): void;
  /** Everything there is, for `git fast-import`. */
  stream(): string;
}

type Tree = ReadonlyMap<string, string>;

interface Commit {
  readonly oid: Oid;
  readonly parents: readonly Oid[];
  readonly tree: Tree;
  readonly message: string;
  readonly at: Instant;
  readonly author: CommitIdentity;
}

const MAIN = 'main';
const OPEN = 'rollout/revert/';
const DECLINED = 'rollout/declined/';
const ADA: CommitIdentity = { name: 'Ada', email: 'ada@example.com' };

/** A repository whose first commit holds these files. */
export function memoryRepository(
  files: Readonly<Record<string, string>>,
  at: Instant,
): MemoryRepository {
  const commits = new Map<Oid, Commit>();
  const branches = new Map<string, Oid>();
  /** Whatever the branch contains. */
  const contained = new Set<Oid>();

  function store(commit: Omit<Commit, 'oid'>): Commit {
    // Git knows whole seconds.
    const at = Math.floor(commit.at / 1000) * 1000;
    const hash = createHash('sha1').update(JSON.stringify([commit.parents, commit.message, at]));
    for (const [path, text] of commit.tree) hash.update(`\0${path}\0${text}`);
    const stored = { ...commit, at, oid: hash.update(commit.author.email).digest('hex') };
    commits.set(stored.oid, stored);
    return stored;
  }

  function move(to: Oid): void {
    branches.set(MAIN, to);
    const more = [to];
    for (let oid = more.pop(); oid !== undefined; oid = more.pop()) {
      if (contained.has(oid)) continue;
      contained.add(oid);
      more.push(...commitAt(oid).parents);
    }
  }

  function commitAt(oid: Oid): Commit {
    const commit = commits.get(oid);
    if (commit) return commit;
    throw new ForgeError('unknown-commit', `There is no commit ${oid} in this repository.`);
  }

  const tip = (branch: string): Oid => {
    const oid = branches.get(branch);
    if (oid !== undefined) return oid;
    throw new ForgeError('unknown-branch', `There is no branch ${branch} in this repository.`);
  };

  move(
    store({
      parents: [],
      tree: new Map(Object.entries(files)),
      message: 'First\n',
      at,
      author: ADA,
    }).oid,
  );

  function draft(from: Oid, changes: readonly FileChange[]): Tree | undefined {
    const before = commitAt(from).tree;
    const tree = new Map(before);
    for (const { path, text } of changes) {
      if (text === undefined) tree.delete(path);
      else tree.set(path, text);
    }
    return differing(before, tree).length === 0 ? undefined : tree;
  }

  function proposalAt(branch: string, oid: Oid, bot: CommitIdentity): Proposal {
    const closed = branch.startsWith(DECLINED);
    const { at, author, message } = commitAt(oid);
    const ours = author.email === bot.email;
    const over = closed || contained.has(oid);
    return {
      branch: closed ? `${OPEN}${branch.slice(DECLINED.length)}` : branch,
      state: closed ? 'closed' : over ? 'merged' : 'open',
      ours,
      ...(ours && over ? { message: message.trimEnd() } : {}),
      ...(closed ? { closedBy: { kind: 'writer' } } : {}),
      openedAt: at,
      where: branch,
      ...(over && !closed ? { disposable: true } : {}),
    };
  }

  const allProposals = (bot: CommitIdentity): readonly Proposal[] =>
    [...branches]
      .filter(([name]) => name.startsWith(OPEN) || name.startsWith(DECLINED))
      // Where both names exist, the no counts.
      .filter(([name]) => !branches.has(name.replace(OPEN, DECLINED)) || name.startsWith(DECLINED))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, oid]) => proposalAt(name, oid, bot));

  const find = (branch: string, bot: CommitIdentity): Proposal | undefined =>
    allProposals(bot).find((proposal) => proposal.branch === branch && proposal.ours);

  function propose(
    author: CommitIdentity,
    wanted: Parameters<Forge['propose']>[0],
    at: Instant,
  ): ProposalOutcome {
    if (!wanted.branch.startsWith(OPEN)) {
      throw new ForgeError('bad-branch', `${wanted.branch} cannot be a revert proposal's branch.`);
    }
    const before = find(wanted.branch, author);
    if (before && !wanted.replaces?.some(({ where }) => where === before.where)) {
      return { kind: 'exists', proposal: before };
    }
    const tree = draft(wanted.head.oid, wanted.changes);
    if (!tree) return { kind: 'refused', detail: `there is nothing to revert in ${MAIN}` };
    const { message } = wanted;
    const { oid } = store({ parents: [wanted.head.oid], tree, message, at, author });
    branches.set(wanted.branch, oid);
    return { kind: 'opened', proposal: proposalAt(wanted.branch, oid, author) };
  }

  function lookUp(
    oid: Oid,
    paths: readonly string[],
    limit: number,
  ): ReadonlyMap<string, { oid: Oid; at: Instant }[]> {
    const found = new Map(paths.map((path) => [path, [] as { oid: Oid; at: Instant }[]]));
    let commit: Commit | undefined = commitAt(oid);
    while (commit && [...found.values()].some((touches) => touches.length < limit)) {
      const [first]: readonly Oid[] = commit.parents;
      const parent: Commit | undefined = first === undefined ? undefined : commitAt(first);
      for (const [path, touches] of found) {
        const touched = commit.tree.get(path) !== parent?.tree.get(path);
        if (touched && touches.length < limit) touches.push({ oid: commit.oid, at: commit.at });
      }
      commit = parent;
    }
    return found;
  }

  /** Along all parents; commits are stored after those that they are built on. */
  function records(oid: Oid, path: string, limit: number): readonly FileRecord[] {
    const reached = new Set<Oid>();
    const more = [oid];
    for (let at = more.pop(); at !== undefined; at = more.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      more.push(...commitAt(at).parents);
    }
    const touching = [...commits.values()].reverse().filter((commit) => {
      const [first] = commit.parents;
      const before = first === undefined ? undefined : commitAt(first).tree.get(path);
      return reached.has(commit.oid) && commit.tree.get(path) !== before;
    });
    return touching.slice(0, limit).map((commit) => {
      const { at, message } = commit;
      return { oid: commit.oid, at, message: message.trimEnd(), own: true };
    });
  }

  function forgeAs(author: CommitIdentity): Forge {
    return {
      head: async () => ({ branch: MAIN, oid: tip(MAIN) }),
      async read(oid, wanted, { maxBytes }) {
        const isWanted = wantedFilter(wanted);
        const files = [...commitAt(oid).tree]
          .map(([path, text]) => ({ path, text }))
          .filter(({ path }) => isWanted(path))
          .sort((a, b) => (a.path < b.path ? -1 : 1));
        const tooLarge = ({ text }: { text: string }) => Buffer.byteLength(text) > maxBytes;
        return {
          files: files.filter((file) => !tooLarge(file)),
          refused: files.filter(tooLarge).map(({ path }) => ({ path, reason: 'too-large' })),
        };
      },
      async lookUp(oid, subjects, limit) {
        const paths = subjects.map(({ path }) => path);
        const touched = lookUp(oid, paths, limit);
        return new Map(
          subjects.map(({ path, revertBranch }): [string, Looked] => {
            const proposal = find(revertBranch, author);
            const proposals = proposal ? [proposal] : [];
            return [path, { touches: touched.get(path) ?? [], proposals }];
          }),
        );
      },
      readAt: async (oid, path) => commitAt(oid).tree.get(path),
      edits: async (touched) =>
        touched.map(({ oid, path }) => {
          const { tree, parents } = commitAt(oid);
          const [after, before] = [tree, parents[0] && commitAt(parents[0]).tree].map((of) =>
            of ? of.get(path) : undefined,
          );
          return {
            ...(before === undefined ? {} : { before }),
            ...(after === undefined ? {} : { after }),
          };
        }),
      records: async (oid, paths, { limit }) =>
        new Map(paths.map((path) => [path, records(oid, path, limit)])),
      parent: async (oid) => commitAt(oid).parents[0],
      message: async (oid) => commitAt(oid).message.trimEnd(),
      changedPaths: async (from, to, wanted) =>
        differing(commitAt(from).tree, commitAt(to).tree).filter(
          wanted ? wantedFilter(wanted) : () => true,
        ),
      async commit(from: Head, message, changes, at) {
        const now = tip(MAIN);
        if (now !== from.oid) return { kind: 'stale', head: { branch: MAIN, oid: now } };
        const tree = draft(now, changes);
        if (!tree) return { kind: 'committed', oid: now };
        const { oid } = store({ parents: [now], tree, message, at, author });
        move(oid);
        return { kind: 'committed', oid };
      },
      proposals: async () => allProposals(author),
      propose: async (wanted, at) => propose(author, wanted, at),
      refresh: async () => undefined,
      async withdraw({ branch }) {
        if (find(branch, author)?.state === 'closed') return false;
        return branches.delete(branch);
      },
      raise: async () => undefined,
      permission: async () => 'admin',
      isOwner: async () => true,
    };
  }

  function merge(branch: string, at: Instant): boolean {
    const ours = commitAt(tip(MAIN));
    const theirs = commitAt(tip(branch));
    const base = commitAt(theirs.parents[0] ?? theirs.oid);
    const tree = new Map(ours.tree);
    for (const path of differing(base.tree, theirs.tree)) {
      const texts = [ours, base, theirs].map((commit) => commit.tree.get(path));
      const merged = mergeTexts(texts[0], texts[1], texts[2]);
      if (merged.kind === 'conflict') return false;
      if (merged.text === undefined) tree.delete(path);
      else tree.set(path, merged.text);
    }
    const message = `Merge branch '${branch}'\n`;
    move(store({ parents: [ours.oid, theirs.oid], tree, message, at, author: ADA }).oid);
    return true;
  }

  return {
    forgeAs,
    merge,
    decline(branch) {
      branches.set(branch.replace(OPEN, DECLINED), tip(branch));
      branches.delete(branch);
    },
    drop: (branch) => void branches.delete(branch),
    stream: () => fastImport([...commits.values()], branches),
  };
}

function differing(a: Tree, b: Tree): readonly string[] {
  const paths = new Set([...a.keys(), ...b.keys()]);
  return [...paths].filter((path) => a.get(path) !== b.get(path)).sort();
}

export type MergedText =
  | { readonly kind: 'merged'; readonly text: string | undefined }
  | { readonly kind: 'conflict' };

/** Merges a file as git does. `undefined` is a file that is not there. */
export function mergeTexts(
  ours: string | undefined,
  base: string | undefined,
  theirs: string | undefined,
): MergedText {
  if (ours === base || ours === theirs) return { kind: 'merged', text: theirs };
  if (theirs === base) return { kind: 'merged', text: ours };
  if (ours === undefined || base === undefined || theirs === undefined) return { kind: 'conflict' };
  const dir = mkdtempSync(join(tmpdir(), 'sluice-merge-'));
  try {
    const names = ['ours', 'base', 'theirs'].map((name) => join(dir, name));
    for (const [index, text] of [ours, base, theirs].entries()) {
      writeFileSync(names[index] ?? '', text);
    }
    const args = ['merge-file', '-p', '--quiet', ...names];
    return { kind: 'merged', text: execFileSync('git', args, { encoding: 'utf8' }) };
  } catch {
    // The exit code is the number of conflicts.
    return { kind: 'conflict' };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The stream that makes git a repository of these commits. They come in the order they were made. */
function fastImport(commits: readonly Commit[], branches: ReadonlyMap<string, Oid>): string {
  const marks = new Map(commits.map(({ oid }, index) => [oid, index + 1]));
  const byOid = new Map(commits.map((commit) => [commit.oid, commit]));
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const parts: string[] = [];
  for (const { oid, parents, tree, message, at, author } of commits) {
    const who = `${author.name} <${author.email}> ${at / 1000} +0000`;
    parts.push(`commit refs/import/all\nmark :${marks.get(oid)}\n`);
    parts.push(`author ${who}\ncommitter ${who}\n${data(message)}`);
    for (const [index, parent] of parents.entries()) {
      parts.push(`${index === 0 ? 'from' : 'merge'} :${marks.get(parent)}\n`);
    }
    const [parent = ''] = parents;
    for (const path of differing(byOid.get(parent)?.tree ?? new Map(), tree)) {
      const text = tree.get(path);
      parts.push(text === undefined ? `D ${path}\n` : `M 100644 inline ${path}\n${data(text)}`);
    }
    parts.push('\n');
  }
  for (const [name, oid] of branches) {
    parts.push(`reset refs/heads/${name}\nfrom :${marks.get(oid)}\n\n`);
  }
  return parts.join('');
}
