import { SECOND } from '../../time.ts';
import type { NewProposal, Oid, ProposalOutcome } from '../forge.ts';
import { type GitHubClient, GitHubError, lookUntilSeen } from './client.ts';
import { branchTip, commitOnBranch } from './commit.ts';
import { finish } from './finish.ts';
import { hintFor } from './permissions.ts';
import { findPull, type Pull, toProposal } from './pulls.ts';
import { deleteBranch } from './withdraw.ts';

/**
 * Opens a revert: branch, commit, pull request, then reviewers, label and merging. Each step looks
 * at what is there, so that a run that was cut off anywhere is finished by the next, and nothing
 * is made twice.
 */
export async function proposeByApi(
  client: GitHubClient,
  proposal: NewProposal,
  warn: (text: string) => void,
): Promise<ProposalOutcome> {
  const known = await findPull(client, proposal.branch);
  if (known) {
    const now = await finish(client, known, proposal, warn);
    return { kind: 'exists', proposal: toProposal(now) };
  }
  const prepared = await prepare(client, proposal);
  if (prepared.kind === 'refused') return prepared;
  const pull = await openPull(client, proposal);
  if ('kind' in pull) {
    // A branch that nobody is asked about says nothing to anybody.
    await deleteBranch(client, proposal.branch, warn);
    return pull;
  }
  const now = await finish(client, pull, proposal, warn);
  return { kind: 'opened', proposal: toProposal(now) };
}

type Prepared = { readonly kind: 'ready' } | { readonly kind: 'refused'; readonly detail: string };

/** The branch with the bot's one commit on it. */
async function prepare(client: GitHubClient, proposal: NewProposal): Promise<Prepared> {
  const { branch, head, message, changes } = proposal;
  const tip = await makeBranch(client, proposal);
  if (typeof tip !== 'string') return tip;
  if (tip !== head.oid) {
    const commit = await client.read('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
      commit_sha: tip,
    });
    // An earlier run, or another one at this moment, has made the commit.
    if (subjectOf(commit.message) === subjectOf(message)) return { kind: 'ready' };
  }
  try {
    const outcome = await commitOnBranch(client, { branch, oid: tip }, message, changes);
    if (outcome.kind === 'refused' && outcome.unanswered) {
      throw new GitHubError('ambiguous', 'createCommitOnBranch', outcome.detail);
    }
    // Stale: another run was quicker, and its commit is as good.
    return outcome.kind === 'refused' ? outcome : { kind: 'ready' };
  } catch (error) {
    if (!(error instanceof GitHubError) || error.code !== 'not-found') throw error;
    return { kind: 'refused', detail: error.said };
  }
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
  const said = `it is not known whether there is a branch ${proposal.branch}: GitHub did not answer, or does not show it yet; run again`;
  throw new GitHubError('ambiguous', 'POST git/refs', said);
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

/** If there is no answer, the pull request is looked for: one that is there is not made again. */
async function openPull(
  client: GitHubClient,
  proposal: NewProposal,
): Promise<Pull | Extract<ProposalOutcome, { kind: 'refused' }>> {
  const { branch, head, title, body } = proposal;
  for (let tries = 1; ; tries += 1) {
    try {
      await client.write('POST /repos/{owner}/{repo}/pulls', {
        head: branch,
        base: head.branch,
        title,
        body,
      });
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      if (!/already exists/i.test(error.said)) {
        const made = await findPull(client, branch);
        if (made) return made;
        if (mayPass(error) && tries < TRIES) {
          await client.sleep(tries * SECOND);
          continue;
        }
        if (error.code !== 'refused' && error.code !== 'not-found') throw error;
        return { kind: 'refused', detail: refusal(error) };
      }
    }
    // Ours, or that of a run that was quicker.
    const made = await lookUntilSeen(client, () => findPull(client, branch));
    if (made) return made;
    throw new GitHubError(
      'ambiguous',
      'POST pulls',
      `the pull request of ${branch} is not to be seen yet; run again`,
    );
  }
}

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

const subjectOf = (message: string): string => message.split('\n')[0]?.trim() ?? '';
