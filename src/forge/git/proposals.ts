import type { Oid } from '../../model/head.ts';
import type { Proposal } from '../../model/proposal.ts';
import type { Instant } from '../../time.ts';
import { properName } from '../names.ts';
import type { CommitIdentity } from './draft.ts';
import { type Git, records } from './process.ts';

/** Where the bot puts revert proposals. */
export const OPEN = 'rollout/revert/';
/** Where a person moves one to say no: `git branch -m rollout/revert/x/y rollout/declined/x/y`. */
export const DECLINED = 'rollout/declined/';

/** A branch that has the name of a proposal, and what is needed to decide whether it may be deleted. */
export interface ProposalBranch {
  readonly proposal: Proposal;
  /** The full name of its branch as it is now, `refs/heads/…`. */
  readonly ref: string;
  readonly tip: Oid;
  /** Checked out in some work tree. */
  readonly inUse: boolean;
  /** It carries one commit and nothing else, made by the bot and never amended. */
  readonly untouched: boolean;
}

interface Commit {
  readonly oid: Oid;
  readonly parents: readonly Oid[];
  readonly authorEmail: string;
  readonly committerEmail: string;
  readonly authoredAt: Instant;
  readonly committedAt: Instant;
}

/** What people may have written comes last, so that it cannot pass for anything else. */
const FIELDS = ['%H', '%P', '%at', '%ct', '%ae', '%ce'].join('%x1f');

/**
 * Every branch that has the name of a revert, in three processes at most. `merged`: `branch` contains
 * its tip. `closed`: it was renamed into `rollout/declined/`.
 *
 * It is ours if the bot's commit is on it. A proposal was opened when the bot made that commit: along
 * first parents from the tip down to what the branch has, the oldest commit with the bot's author
 * e-mail, by its author date. So a person's commits on top, a merge of the branch into it or a rebase
 * do not make it younger. Of one that is merged or closed nothing but the bot's own untouched commit
 * counts.
 */
export async function listBranches(
  git: Git,
  branch: Oid,
  bot: CommitIdentity,
): Promise<readonly ProposalBranch[]> {
  const format = '--format=%(refname)%00%(objectname)%00%(worktreepath)%00%(authordate:unix)%00';
  const folders = [`refs/heads/${OPEN}`, `refs/heads/${DECLINED}`];
  const output = await git.output(['for-each-ref', format, ...folders]);
  const fields = records(output).map((field) => field.toString('utf8').replace(/^\n/, ''));
  if (fields.length === 0) return [];

  const tips: { ref: string; tip: Oid; inUse: boolean; authoredAt: Instant }[] = [];
  for (let at = 0; at + 3 < fields.length; at += 4) {
    const [ref = '', tip = '', worktree = '', seconds = ''] = fields.slice(at, at + 4);
    tips.push({ ref, tip, inUse: worktree !== '', authoredAt: Number(seconds) * 1000 });
  }

  const ahead = await commitsAhead(
    git,
    branch,
    tips.map(({ tip }) => tip),
  );
  const found = tips.map(({ ref, tip, inUse, authoredAt }) => {
    const where = ref.slice('refs/heads/'.length);
    const closed = where.startsWith(DECLINED);
    const line = firstParents(ahead, tip);
    const state: Proposal['state'] = closed ? 'closed' : line.length === 0 ? 'merged' : 'open';
    const openedAt = openingCommit(line, bot)?.authoredAt ?? authoredAt;
    const name = closed ? `${OPEN}${where.slice(DECLINED.length)}` : where;
    return { ref, tip, inUse, line, where, state, openedAt, branch: properName(name) };
  });
  const over = await commitsAt(
    git,
    found.flatMap(({ state, tip }) => (state === 'open' ? [] : [tip])),
  );
  return found.map(({ ref, tip, inUse, line, ...rest }): ProposalBranch => {
    const last = over.get(tip);
    const untouched = isUntouched(last && line.length === 0 ? [last] : line, bot);
    const ours =
      rest.state === 'merged' ? untouched : untouched || line.some((each) => isBy(each, bot));
    const proposal: Proposal = {
      branch: rest.branch,
      state: rest.state,
      ours,
      ...(last && untouched ? { message: last.message } : {}),
      ...(rest.state === 'closed' ? { closedBy: { kind: 'writer' } } : {}),
      openedAt: rest.openedAt,
      where: rest.where,
      // What is merged is in the branch, whoever made it; deleting the name loses nothing.
      ...(rest.state === 'merged' && !inUse ? { disposable: true } : {}),
    };
    return { proposal, ref, tip, inUse, untouched };
  });
}

/**
 * Every proposal of ours, the newest first, and for each entry the newest of anybody else. A revert
 * that was renamed to say no comes before one of the same commit.
 */
export function proposalsOf(branches: readonly ProposalBranch[]): readonly Proposal[] {
  const newestFirst = branches
    .map(({ proposal }) => proposal)
    .toSorted((a, b) => b.openedAt - a.openedAt || (a.state === 'closed' ? -1 : 1));
  const names = new Set<string>();
  return newestFirst.filter(({ ours, branch }) => {
    if (ours) return true;
    const isFirst = !names.has(branch);
    names.add(branch);
    return isFirst;
  });
}

/** Commits that are on some tip and not on the branch. A tip that is not among them is merged. */
async function commitsAhead(
  git: Git,
  branch: Oid,
  tips: readonly Oid[],
): Promise<ReadonlyMap<Oid, Commit>> {
  const output = await git.output(['rev-list', '--stdin', `--format=${FIELDS}`], {
    input: [`^${branch}`, ...tips].map((line) => `${line}\n`).join(''),
  });
  const commits = new Map<Oid, Commit>();
  for (const line of output.toString('utf8').split('\n')) {
    // Between ours are rev-list's own header lines, `commit <oid>`.
    const commit = parseCommit(line.split('\x1f'));
    if (commit) commits.set(commit.oid, commit);
  }
  return commits;
}

/** Some commits with their messages, in one process. */
async function commitsAt(
  git: Git,
  oids: readonly Oid[],
): Promise<ReadonlyMap<Oid, Commit & { readonly message: string }>> {
  const commits = new Map<Oid, Commit & { readonly message: string }>();
  if (oids.length === 0) return commits;
  const args = ['log', '-z', '--no-walk=unsorted', '--no-show-signature', '--no-notes', '--stdin'];
  const output = await git.output([...args, `--format=${FIELDS}%x1f%B`], {
    input: oids.map((oid) => `${oid}\n`).join(''),
  });
  for (const record of records(output)) {
    const [fields, message] = splitAfter(record.toString('utf8'), 6);
    const commit = parseCommit(fields);
    if (commit) commits.set(commit.oid, { ...commit, message: message.trimEnd() });
  }
  return commits;
}

/** So many fields, and the rest as it is: in a message there may be anything. */
function splitAfter(record: string, count: number): readonly [readonly string[], string] {
  const parts = record.split('\x1f');
  return [parts.slice(0, count), parts.slice(count).join('\x1f')];
}

function parseCommit(fields: readonly string[]): Commit | undefined {
  const [oid = '', parents, at, ct, authorEmail, committerEmail] = fields;
  if (parents === undefined || authorEmail === undefined || committerEmail === undefined) {
    return undefined;
  }
  return {
    oid,
    parents: parents.split(' ').filter(Boolean),
    authorEmail,
    committerEmail,
    authoredAt: Number(at) * 1000,
    committedAt: Number(ct) * 1000,
  };
}

/** From a tip down its first parents, as far as the branch does not have them. */
function firstParents(ahead: ReadonlyMap<Oid, Commit>, tip: Oid): readonly Commit[] {
  const line: Commit[] = [];
  let commit = ahead.get(tip);
  while (commit) {
    line.push(commit);
    const [parent] = commit.parents;
    commit = parent === undefined ? undefined : ahead.get(parent);
  }
  return line;
}

function openingCommit(line: readonly Commit[], bot: CommitIdentity): Commit | undefined {
  const oldestFirst = [...line].reverse();
  return oldestFirst.find((commit) => isBy(commit, bot)) ?? oldestFirst[0];
}

const isBy = ({ authorEmail }: Commit, bot: CommitIdentity): boolean => authorEmail === bot.email;

function isUntouched(line: readonly Commit[], bot: CommitIdentity): boolean {
  const [commit, ...below] = line;
  return (
    commit !== undefined &&
    below.length === 0 &&
    commit.parents.length === 1 &&
    isBy(commit, bot) &&
    commit.committerEmail === bot.email &&
    // The bot gives both dates the same second; amending or rebasing moves the committer's.
    commit.authoredAt === commit.committedAt
  );
}
