import type { Head, Oid } from '../../model/head.ts';
import type { Proposal } from '../../model/proposal.ts';
import type { Instant } from '../../time.ts';
import { ForgeError } from '../error.ts';
import type {
  CommitOptions,
  CommitOutcome,
  FileChange,
  Forge,
  Looked,
  NewProposal,
  ProposalOutcome,
  Subject,
} from '../forge.ts';
import { allTaken, namesOf } from '../names.ts';
import { type Checkout, findCheckout, obstacle } from './checkout.ts';
import { type CommitIdentity, draftCommit } from './draft.ts';
import { editsOf } from './edits.ts';
import { bringAlong } from './follow.ts';
import { records, touches } from './history.ts';
import { firstParent, messageOf, pathsBetween, readFileAt, readFiles } from './objects.ts';
import { type Git, type GitPlace, gitIn } from './process.ts';
import { listBranches, OPEN, proposalsOf } from './proposals.ts';
import { dropRedo, finishInterrupted, noteRedo } from './redo-log.ts';
import { moveRef, type RefState, readRef } from './refs.ts';
import { openRepository } from './repository.ts';

export interface GitForgeOptions {
  /** The repository, bare or with a work tree; any folder inside the work tree will do. */
  readonly dir: string;
  /** The branch rollouts live on. Default: the one HEAD points to. */
  readonly branch?: string;
  /** Whose name the bot's commits carry; also how it knows its own commits again. */
  readonly author: CommitIdentity;
  /** Who runs the terminal. Only written into the reflog, beside what was done. */
  readonly user?: string;
}

/** Where a test may look in, or pull the plug. They see what happens and decide nothing. */
export interface GitForgeSeams {
  readonly onSpawn?: GitPlace['onSpawn'];
  /** `noted`: about to move the branch. `moved`: it has moved, the work tree not yet. */
  readonly onStep?: (step: 'noted' | 'moved') => void;
}

/**
 * A local git repository as a forge. Commits and revert branches are made with git itself; nothing
 * is fetched or pushed.
 *
 * - Every commit is a compare-and-swap on the branch (`git update-ref` with the old value).
 * - Where the branch is checked out, in the repository's work tree or a linked one, the files of a
 *   commit must be clean there, else it is refused before anything is written, unless it is urgent;
 *   afterwards they are brought along, but for local edits, which stay. Opening the forge finishes
 *   that step for a process that died before it.
 * - A revert proposal is a branch `rollout/revert/…` with one commit on it, its message the
 *   proposal's `message` (`title`, `body`, `owners` and `autoMerge` are a pull request's). A person
 *   accepts it by merging it, and declines it by renaming it into `rollout/declined/…`; deleting it
 *   says nothing, it is offered again. A branch of that name without our commit is not a proposal.
 * - Whoever can write the repository can do everything without asking us, so `permission` is always
 *   `admin` and `isOwner` always true.
 *
 * @throws ForgeError `git-missing`, `not-a-repository`, `detached-head`, `no-commits`,
 *   `unknown-branch`, `bad-branch`.
 */
export async function openGitForge(
  options: GitForgeOptions,
  seams: GitForgeSeams = {},
): Promise<Forge> {
  const { author } = options;
  const { gitDir, branch } = await openRepository(options.dir, options.branch, seams.onSpawn);
  const git = gitIn({ cwd: gitDir, gitDir, onSpawn: seams.onSpawn });
  const ref = `refs/heads/${branch}`;

  async function state(): Promise<RefState> {
    const now = await readRef(git, ref);
    if (now) return now;
    throw new ForgeError(
      'unknown-branch',
      `There is no branch ${branch} in ${options.dir}. Create it, or name another one.`,
    );
  }

  async function branchNow(): Promise<Oid> {
    return (await state()).oid;
  }

  async function head(): Promise<Head> {
    return { branch, oid: await branchNow() };
  }

  /** The work tree that has to follow the branch, with everything left undone there finished. */
  async function checkoutOf({ worktree }: RefState): Promise<Checkout | undefined> {
    if (worktree === undefined) return undefined;
    // Of a submodule git names the wrong folder; the one we were opened in may be the right one.
    const checkout = await findCheckout(ref, [worktree, options.dir], seams.onSpawn);
    if (checkout) await finishInterrupted(checkout, ref, branchNow);
    return checkout;
  }

  /** Why the work tree cannot take this commit. Files it does not change are no hindrance. */
  async function whyNot(checkout: Checkout, from: Oid, to: Oid): Promise<string | undefined> {
    return obstacle(checkout, await pathsBetween(git, from, to));
  }

  function reflog(message: string): string {
    const who = options.user === undefined ? 'sluice' : `sluice for ${options.user}`;
    return `${who}: ${message.replace(/[\n\0].*/s, '')}`;
  }

  async function commit(
    from: Head,
    message: string,
    changes: readonly FileChange[],
    at: Instant,
    { urgent = false }: CommitOptions = {},
  ): Promise<CommitOutcome> {
    assertOurs(from);
    const before = await state();
    if (before.oid !== from.oid) return { kind: 'stale', head: { branch, oid: before.oid } };
    const checkout = await checkoutOf(before);

    const parent = from.oid;
    const draft = await draftCommit(git, { parent, message, changes, at, author, urgent });
    if (draft.kind === 'refused') return draft;
    const leftOut = draft.leftOut.length === 0 ? {} : { leftOut: draft.leftOut };
    if (draft.kind === 'unchanged') return { kind: 'committed', oid: from.oid, ...leftOut };

    const waits = checkout !== undefined && !urgent;
    const detail = waits ? await whyNot(checkout, from.oid, draft.oid) : undefined;
    if (detail !== undefined) {
      // A branch that moved meanwhile looks like local edits: its work tree is not there yet.
      const now = await head();
      return now.oid === from.oid ? { kind: 'refused', detail } : { kind: 'stale', head: now };
    }

    const step = { ref, from: from.oid, to: draft.oid };
    const note = checkout && (await noteRedo(checkout, step));
    seams.onStep?.('noted');
    const move = await moveRef(git, { ...step, why: reflog(message) });
    if (move.kind !== 'moved') {
      if (note !== undefined) await dropRedo(note);
      if (move.kind === 'refused') return move;
      return { kind: 'stale', head: await head() };
    }
    seams.onStep?.('moved');

    const { oid, warning: unsigned } = draft;
    const followed = checkout && (await bringAlong(checkout, from.oid, branchNow));
    if (followed?.kind !== 'behind' && note !== undefined) await dropRedo(note);
    const behind = followed && 'warning' in followed ? followed.warning : undefined;
    const warning = [unsigned, behind].filter((each) => each !== undefined).join('; ');
    return { kind: 'committed', oid, ...leftOut, ...(warning === '' ? {} : { warning }) };
  }

  async function propose(wanted: NewProposal, at: Instant): Promise<ProposalOutcome> {
    assertOurs(wanted.head);
    await assertProposalName(git, wanted.branch);
    const before = await answered(wanted);
    if (before) return { kind: 'exists', proposal: before };

    const { message, changes } = wanted;
    const draft = await draftCommit(git, { parent: wanted.head.oid, message, changes, at, author });
    if (draft.kind === 'refused') return draft;
    if (draft.kind === 'unchanged') {
      const detail = `${branch} already has what ${wanted.branch} would propose; there is nothing to revert`;
      return { kind: 'refused', detail };
    }
    for (const name of namesOf(wanted.branch)) {
      const move = await moveRef(git, {
        ref: `refs/heads/${name}`,
        from: undefined,
        to: draft.oid,
        why: reflog(message),
      });
      if (move.kind === 'refused') return move;
      if (move.kind === 'moved') {
        const made = await branchAt(name);
        return {
          kind: 'opened',
          proposal: made?.proposal ?? {
            branch: wanted.branch,
            state: 'open',
            ours: true,
            openedAt: Math.floor(at / 1000) * 1000,
            where: name,
          },
        };
      }
      // Another tick was quicker; or the branch is somebody else's, and this name is taken.
      const made = await answered(wanted);
      if (made) return { kind: 'exists', proposal: made };
    }
    return { kind: 'refused', detail: allTaken(wanted.branch) };
  }

  async function branches() {
    return listBranches(git, await branchNow(), author);
  }

  /** Our proposal of this name, but for those that were no answer. */
  async function answered(wanted: NewProposal): Promise<Proposal | undefined> {
    const replaced = wanted.replaces?.map(({ where }) => where) ?? [];
    const own = proposalsOf(await branches()).filter(
      (each) => each.ours && each.branch === wanted.branch && !replaced.includes(each.where),
    );
    return own.find(({ state }) => state === 'open') ?? own[0];
  }

  async function withdraw({ where }: Proposal, why: string): Promise<boolean> {
    const found = await branchAt(where);
    if (!found || found.inUse || found.proposal.state === 'closed') return false;
    // What is merged is in the branch, whoever made it; deleting the name loses nothing.
    if (!found.untouched && found.proposal.state !== 'merged') return false;
    const { ref: name, tip } = found;
    const move = await moveRef(git, { ref: name, from: tip, to: undefined, why: reflog(why) });
    if (move.kind === 'refused') throw new ForgeError('git-failed', `${move.detail}.`);
    return true;
  }

  async function branchAt(where: string) {
    return (await branches()).find(({ proposal }) => proposal.where === where);
  }

  async function lookUp(oid: Oid, subjects: readonly Subject[], limit: number) {
    const paths = subjects.map(({ path }) => path);
    const touched = await touches(git, oid, paths, limit);
    const own = proposalsOf(await branches()).filter(({ ours }) => ours);
    return new Map(
      subjects.map(({ path, revertBranch }): [string, Looked] => {
        const proposals = own.filter(({ branch: name }) => name === revertBranch);
        return [path, { touches: touched.get(path) ?? [], proposals }];
      }),
    );
  }

  function assertOurs(from: Head): void {
    if (from.branch === branch) return;
    throw new ForgeError(
      'bad-branch',
      `This forge was opened for ${branch}, not ${from.branch}. Pass a head that it read itself.`,
    );
  }

  await checkoutOf(await state());
  return {
    head,
    read: (oid, wanted, { maxBytes }) => readFiles(git, oid, wanted, maxBytes),
    lookUp,
    readAt: (oid, path) => readFileAt(git, oid, path),
    edits: (touched) => editsOf(git, touched),
    records: (oid, paths, options) => records(git, oid, paths, options),
    parent: (oid) => firstParent(git, oid),
    message: (oid) => messageOf(git, oid),
    changedPaths: (from, to, wanted) => pathsBetween(git, from, to, wanted),
    commit,
    proposals: async () => proposalsOf(await branches()),
    propose,
    // A branch has nothing but its commit to read.
    refresh: async () => undefined,
    withdraw,
    // Whoever runs the terminal reads the report.
    raise: async () => undefined,
    permission: async () => 'admin',
    isOwner: async () => true,
  };
}

async function assertProposalName(git: Git, name: string): Promise<void> {
  const { code } = await git.run(['check-ref-format', `refs/heads/${name}`]);
  if (code === 0 && name.startsWith(OPEN)) return;
  throw new ForgeError(
    'bad-branch',
    `${JSON.stringify(name)} cannot be a revert proposal's branch. Name it ${OPEN}<flag>/<stage>-<time>, without spaces or any of ~^:?*[\\.`,
  );
}
