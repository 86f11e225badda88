import type { Oid } from '../../model/head.ts';
import { SECOND } from '../../time.ts';
import type { NewProposal, ProposalOutcome } from '../forge.ts';
import { allTaken, namesOf } from '../names.ts';
import { type GitHubClient, lookUntilSeen } from './client.ts';
import { branchTip, commitOnBranch } from './commit.ts';
import { GitHubError } from './error.ts';
import { finish } from './finish.ts';
import { hintFor } from './permissions.ts';
import { findPulls, isDisposable, type Pull, readPull, toProposal } from './pulls.ts';
import { refusalOf } from './send.ts';
import { isSameSubject, whatIsOn } from './tip.ts';
import { deleteBranch } from './withdraw.ts';

/**
 * Opens a revert: branch, commit, pull request, then reviewers, label and merging. Each step looks
 * at what is there, so that a run that was cut off anywhere is finished by the next, and nothing
 * is made twice. What others put there is never adopted: the revert goes by another name then.
 */
export async function proposeByApi(
  client: GitHubClient,
  proposal: NewProposal,
  warn: (text: string) => void,
): Promise<ProposalOutcome> {
  const { own } = await findPulls(client, proposal.branch, proposal.head.branch);
  const known = standing(own, proposal);
  if (known) {
    const now = await finish(client, known, proposal, warn);
    return { kind: 'exists', proposal: toProposal(now, true) };
  }
  const reopened = own[0] && (await reopen(client, own[0], proposal));
  if (reopened) {
    const now = await finish(client, reopened, proposal, warn);
    return { kind: 'opened', proposal: toProposal(now, true) };
  }
  for (const name of namesOf(proposal.branch)) {
    const offered = await offerAs(client, name, proposal, warn);
    if (offered !== 'taken') return offered;
    warn(
      `the branch ${name} has the name of a revert of Sluice's and holds something else; delete or rename it`,
    );
  }
  return { kind: 'refused', detail: allTaken(proposal.branch) };
}

/** Ours that waits, or else the newest that is over; but for those that were no answer. */
function standing(own: readonly Pull[], { replaces = [] }: NewProposal): Pull | undefined {
  const others = own.filter(({ url }) => replaces.every(({ where }) => where !== url));
  return others.find(({ state }) => state === 'OPEN') ?? others[0];
}

/** Opens again what was closed by somebody who may not decide, if there is nothing but our commit of it. */
async function reopen(
  client: GitHubClient,
  pull: Pull,
  { title, body, message }: NewProposal,
): Promise<Pull | undefined> {
  if (pull.state !== 'CLOSED' || !isDisposable(pull)) return undefined;
  if (!isSameSubject(pull.commits.nodes[0]?.commit.message, message)) return undefined;
  const refused = await refusalOf(() =>
    client.write('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
      pull_number: pull.number,
      state: 'open',
      title,
      body,
    }),
  );
  if (refused) return undefined;
  const now = await readPull(client, pull.url);
  return now?.state === 'CLOSED' ? undefined : now;
}

/** `taken`: somebody else has put something there. */
async function offerAs(
  client: GitHubClient,
  name: string,
  proposal: NewProposal,
  warn: (text: string) => void,
): Promise<ProposalOutcome | 'taken'> {
  const prepared = await prepare(client, { ...proposal, branch: name });
  if (prepared.kind === 'refused') return prepared;
  const pull = prepared.kind === 'taken' ? 'taken' : await openPull(client, name, proposal);
  if (pull === 'taken') return pull;
  if ('kind' in pull) {
    // A branch that nobody is asked about says nothing to anybody.
    await deleteBranch(client, name, warn);
    return pull;
  }
  const now = await finish(client, pull, proposal, warn);
  return { kind: 'opened', proposal: toProposal(now, true) };
}

type Prepared =
  | { readonly kind: 'ready' | 'taken' }
  | { readonly kind: 'refused'; readonly detail: string };

/** How often a branch is looked at again that moves while a commit is made on it. */
const LOOKS = 3;

/** The branch with the bot's one commit on it. */
async function prepare(client: GitHubClient, proposal: NewProposal): Promise<Prepared> {
  const { branch, head, message, changes } = proposal;
  let tip = await makeBranch(client, proposal);
  if (typeof tip !== 'string') return tip;
  for (let look = 0; look < LOOKS; look += 1) {
    const at: Oid = tip;
    const there =
      at === head.oid
        ? 'nothing'
        : await lookUntilSeen(client, () => whatIsOn(client, proposal, at));
    if (there === undefined) throw unseen('POST /graphql', `a commit ${at} on ${branch}`);
    // An earlier run, or another one at this moment, has made the commit.
    if (there === 'ours') return { kind: 'ready' };
    if (there === 'foreign') return { kind: 'taken' };
    try {
      const outcome = await commitOnBranch(client, { branch, oid: tip }, message, changes);
      if (outcome.kind === 'refused' && outcome.unanswered) {
        throw new GitHubError('ambiguous', 'createCommitOnBranch', outcome.detail);
      }
      if (outcome.kind === 'refused') return outcome;
      if (outcome.kind === 'committed') return { kind: 'ready' };
      tip = outcome.head.oid;
    } catch (error) {
      if (!(error instanceof GitHubError) || error.code !== 'not-found') throw error;
      return { kind: 'refused', detail: error.said };
    }
  }
  return { kind: 'taken' };
}

/**
 * The branch, at the head that was read or where another run left it. One that is said to be there
 * and is not found cannot be seen yet, or was another run's that has deleted it since: both pass. So
 * does a GitHub that gives no answer: a branch that is seen not to be there is made again.
 */
async function makeBranch(
  client: GitHubClient,
  proposal: NewProposal,
): Promise<Oid | Extract<Prepared, { kind: 'refused' }>> {
  const made = await lookUntilSeen(client, () => makeOrFindBranch(client, proposal));
  if (made !== undefined) return made;
  throw unseen('POST git/refs', `a branch ${proposal.branch}`);
}

async function makeOrFindBranch(
  client: GitHubClient,
  { branch, head }: NewProposal,
): Promise<Oid | Extract<Prepared, { kind: 'refused' }> | undefined> {
  try {
    await client.write('POST /repos/{owner}/{repo}/git/refs', {
      ref: `refs/heads/${branch}`,
      sha: head.oid,
    });
    return head.oid;
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    // 422 "Reference already exists": somebody was first; no answer: perhaps we were.
    const tip = await branchTip(client, branch);
    if (tip !== undefined) return tip;
    if (/already exists/i.test(error.said) || error.code === 'ambiguous') return undefined;
    if (error.code !== 'refused') throw error;
    const detail = `the branch ${branch} could not be made: ${error.said}${hintFor(error, 'contents')}`;
    return { kind: 'refused', detail };
  }
}

/** How often a pull request is sent if GitHub is seen not to have it. */
const TRIES = 3;

/**
 * The pull request of a branch that holds our commit. If there is no answer, it is looked for: one
 * that is there is not made again.
 */
async function openPull(
  client: GitHubClient,
  name: string,
  proposal: NewProposal,
): Promise<Pull | Extract<ProposalOutcome, { kind: 'refused' }> | 'taken'> {
  const { head, title, body } = proposal;
  const find = () => findPulls(client, proposal.branch, head.branch);
  for (let tries = 1; ; tries += 1) {
    try {
      await client.write('POST /repos/{owner}/{repo}/pulls', {
        head: name,
        base: head.branch,
        title,
        body,
      });
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      const { own, foreign } = await find();
      const made = standing(own, proposal);
      if (made) return made;
      if (!/already exists/i.test(error.said)) {
        if (mayPass(error) && tries < TRIES) {
          await client.sleep(tries * SECOND);
          continue;
        }
        if (error.code !== 'refused' && error.code !== 'not-found') throw error;
        return { kind: 'refused', detail: refusal(error) };
      }
      // Somebody was quicker to open one, with our commit in it; they can close it, too.
      const isOpen = ({ state, headRefName, baseRefName }: Pull): boolean =>
        state === 'OPEN' && headRefName === name && baseRefName === head.branch;
      if (foreign.some(isOpen)) return 'taken';
    }
    // Ours, or that of a run that was quicker.
    const made = await lookUntilSeen(client, async () => standing((await find()).own, proposal));
    if (made) return made;
    throw unseen('POST pulls', `a pull request of ${name}`);
  }
}

const unseen = (endpoint: string, what: string): GitHubError =>
  new GitHubError(
    'ambiguous',
    endpoint,
    `it is not known whether there is ${what}: GitHub did not answer, or does not show it yet; run again`,
  );

/**
 * Whether another try may succeed: GitHub did not answer, or does not see yet what was just made.
 * The branch then counts as invalid, or as having no commit beyond its base.
 */
const mayPass = ({ code, said }: GitHubError): boolean =>
  code === 'ambiguous' || code === 'not-found' || /head: invalid|no commits between/i.test(said);

/** GitHub's no, with the setting that would make it a yes. */
function refusal(error: GitHubError): string {
  const forbidden = /not permitted to create or approve pull requests/i.test(error.said);
  const setting = forbidden
    ? '. Allow it under Settings → Actions → General → Workflow permissions, or give the bot an app token'
    : hintFor(error, 'pull-requests');
  return `the pull request could not be opened: ${error.said}${setting}`;
}
