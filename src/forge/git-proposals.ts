import type { Instant } from '../time.ts';
import type { Oid, Proposal } from './forge.ts';
import type { Identity } from './git-draft.ts';
import { type Git, records } from './git-process.ts';

/** Where the bot puts revert proposals. */
export const OPEN = 'rollout/revert/';
/** Where a person moves one to say no: `git branch -m rollout/revert/x/y rollout/declined/x/y`. */
export const DECLINED = 'rollout/declined/';

/** A proposal, and what is needed to decide whether its branch may be deleted. */
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
 * Every revert proposal, in two processes. `merged`: `branch` contains its tip. `declined`: it was
 * renamed into `rollout/declined/`; where both names exist, the no counts.
 *
 * A proposal was opened when the bot made its commit: along first parents from the tip down to what
 * the branch has, the oldest commit with the bot's author e-mail, by its author date. So a person's
 * commits on top, a merge of the branch into it or a rebase do not make it younger. Where the bot's
 * commit is gone (squashed into a person's) the oldest commit there is stands in, and for a merged
 * proposal, which has none of its own left, the tip.
 */
export async function listProposals(
  git: Git,
  branch: Oid,
  bot: Identity,
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
  const found = new Map<string, ProposalBranch>();
  for (const { ref, tip, inUse, authoredAt } of tips) {
    const where = ref.slice('refs/heads/'.length);
    const declined = where.startsWith(DECLINED);
    const name = declined ? `${OPEN}${where.slice(DECLINED.length)}` : where;
    if (!declined && found.get(name)?.proposal.state === 'declined') continue;
    const line = firstParents(ahead, tip);
    const state = declined ? 'declined' : line.length === 0 ? 'merged' : 'open';
    const openedAt = openingCommit(line, bot)?.authoredAt ?? authoredAt;
    const proposal: Proposal = { branch: name, state, openedAt, where };
    found.set(name, { proposal, ref, tip, inUse, untouched: isUntouched(line, bot) });
  }
  return [...found.values()];
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
    const [oid = '', parents, at, ct, authorEmail, committerEmail] = line.split('\x1f');
    if (parents === undefined || authorEmail === undefined || committerEmail === undefined)
      continue;
    commits.set(oid, {
      oid,
      parents: parents.split(' ').filter(Boolean),
      authorEmail,
      committerEmail,
      authoredAt: Number(at) * 1000,
      committedAt: Number(ct) * 1000,
    });
  }
  return commits;
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

function openingCommit(line: readonly Commit[], bot: Identity): Commit | undefined {
  const oldestFirst = [...line].reverse();
  return oldestFirst.find((commit) => commit.authorEmail === bot.email) ?? oldestFirst[0];
}

function isUntouched(line: readonly Commit[], bot: Identity): boolean {
  const [commit, ...below] = line;
  return (
    commit !== undefined &&
    below.length === 0 &&
    commit.parents.length === 1 &&
    commit.authorEmail === bot.email &&
    commit.committerEmail === bot.email &&
    // The bot gives both dates the same second; amending or rebasing moves the committer's.
    commit.authoredAt === commit.committedAt
  );
}
