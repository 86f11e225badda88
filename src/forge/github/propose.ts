import type { NewProposal, Oid, Proposal, ProposalOutcome } from '../forge.ts';
import { type GitHubClient, GitHubError } from './client.ts';
import { branchTip, commitOnBranch } from './commit.ts';
import { findPull, type Pull, toProposal } from './pulls.ts';

/** Marks a revert as complete: it is the last thing that is done to a new one. */
const LABEL = 'sluice-revert';

/**
 * Opens a revert: branch, commit, pull request, then reviewers and the label. Each step looks at
 * what is there, so that a run that was cut off anywhere is finished by the next, and nothing is
 * made twice.
 */
export async function proposeByApi(
  client: GitHubClient,
  proposal: NewProposal,
  warn: (text: string) => void,
): Promise<ProposalOutcome> {
  const known = await findPull(client, proposal.branch);
  if (known && known.state !== 'OPEN') return { kind: 'exists', proposal: toProposal(known) };
  const tip = known
    ? { kind: 'ready' as const, oid: known.headRefOid }
    : await prepare(client, proposal);
  if (tip.kind === 'refused') return tip;
  const pull = known ?? (await openPull(client, proposal));
  if ('kind' in pull) return pull;
  if (!isComplete(pull)) await complete(client, pull, proposal, tip.oid, warn);
  // Merged by now, perhaps: what counts is what it is, not what it was.
  const now = (await findPull(client, proposal.branch)) ?? pull;
  return { kind: known ? 'exists' : 'opened', proposal: toProposal(now) };
}

const isComplete = ({ labels }: Pull): boolean =>
  labels?.nodes.some(({ name }) => name === LABEL) ?? false;

type Prepared =
  | { readonly kind: 'ready'; readonly oid: Oid }
  | { readonly kind: 'refused'; readonly detail: string };

/** The branch with the bot's one commit on it. */
async function prepare(
  client: GitHubClient,
  { branch, head, message, changes }: NewProposal,
): Promise<Prepared> {
  let tip = await branchTip(client, branch);
  if (tip === undefined) {
    try {
      await client.write('POST /repos/{owner}/{repo}/git/refs', {
        ref: `refs/heads/${branch}`,
        sha: head.oid,
      });
      tip = head.oid;
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      // 422 "Reference already exists": somebody was first; no answer: perhaps we were.
      tip = await branchTip(client, branch);
      if (tip === undefined) {
        if (error.code === 'ambiguous') throw error;
        return { kind: 'refused', detail: `the branch ${branch} could not be made: ${error.said}` };
      }
    }
  }
  const base = await client.read('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    commit_sha: tip,
  });
  // An earlier run, or another one at this moment, has made the commit.
  if (subjectOf(base.message) === subjectOf(message)) return { kind: 'ready', oid: tip };
  const outcome = await commitOnBranch(client, { branch, oid: tip }, message, changes);
  switch (outcome.kind) {
    case 'committed':
      return { kind: 'ready', oid: outcome.oid };
    case 'stale':
      return { kind: 'ready', oid: outcome.head.oid };
    case 'refused':
      return { kind: 'refused', detail: outcome.detail };
  }
}

async function openPull(
  client: GitHubClient,
  proposal: NewProposal,
): Promise<Pull | Extract<ProposalOutcome, { kind: 'refused' }>> {
  const { branch, head, title, body } = proposal;
  try {
    await client.write('POST /repos/{owner}/{repo}/pulls', {
      head: branch,
      base: head.branch,
      title,
      body,
    });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const made = await findPull(client, branch);
    if (made) return made;
    if (error.code === 'ambiguous') throw error;
    return { kind: 'refused', detail: refusal(error) };
  }
  const made = await findPull(client, branch);
  if (made) return made;
  throw new GitHubError(
    'ambiguous',
    'POST pulls',
    `the pull request of ${branch} is not to be seen yet; run again`,
  );
}

/** GitHub's no, with the setting that would make it a yes. */
function refusal({ said }: GitHubError): string {
  const setting = /not permitted to create or approve pull requests/i.test(said)
    ? '. Allow it under Settings → Actions → General → Workflow permissions, or give the bot an app token'
    : '';
  return `the pull request could not be opened: ${said}${setting}`;
}

/** Reviewers, merging and the label: each may fail, and says so, and the revert stands. */
async function complete(
  client: GitHubClient,
  pull: Pull,
  { owners, autoMerge }: NewProposal,
  commit: Oid,
  warn: (text: string) => void,
): Promise<void> {
  const attempt = async (what: string, run: () => Promise<unknown>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      warn(`${pull.url}: ${what}: ${error.said}`);
    }
  };
  const number = { pull_number: pull.number };
  const { reviewers, teams } = reviewersOf(owners, client.owner);
  if (reviewers.length + teams.length > 0) {
    await attempt('its owners could not be asked for a review', () =>
      client.write('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', {
        ...number,
        reviewers,
        team_reviewers: teams,
      }),
    );
  }
  // Never merge by ourselves what a person has added to.
  if (autoMerge && pull.headRefOid === commit) {
    await attempt('it could not be merged by itself', () => mergeWhenAllowed(client, pull, commit));
  }
  await attempt(`the label ${LABEL} could not be added`, () =>
    client.write('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
      issue_number: pull.number,
      labels: [LABEL],
    }),
  );
}

/** Merges at once where nothing is required; otherwise GitHub merges when what is required is there. */
async function mergeWhenAllowed(client: GitHubClient, pull: Pull, commit: Oid): Promise<void> {
  try {
    await client.write('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
      pull_number: pull.number,
      sha: commit,
      merge_method: 'merge',
    });
  } catch (error) {
    if (!(error instanceof GitHubError) || error.code === 'ambiguous') throw error;
    const { repository } = await client.query<{
      readonly repository: { readonly pullRequest: { readonly id: string } };
    }>(
      `query ($owner: String!, $repo: String!, $number: Int!) {
        repository(owner: $owner, name: $repo) { pullRequest(number: $number) { id } }
      }`,
      { owner: client.owner, repo: client.repo, number: pull.number },
    );
    await client.mutate(
      `mutation ($input: EnablePullRequestAutoMergeInput!) {
        enablePullRequestAutoMerge(input: $input) { clientMutationId }
      }`,
      { input: { pullRequestId: repository.pullRequest.id, expectedHeadOid: commit } },
    );
  }
}

function reviewersOf(owners: readonly string[], org: string) {
  const names = owners.map((owner) => owner.slice(1));
  return {
    reviewers: names.filter((name) => !name.includes('/')),
    teams: names.flatMap((name) => {
      const [of, team] = name.split('/');
      return team !== undefined && of?.toLowerCase() === org.toLowerCase() ? [team] : [];
    }),
  };
}

/** Brings an open revert's text up to date. */
export async function refreshByApi(
  client: GitHubClient,
  proposal: Proposal,
  { title, body }: Pick<NewProposal, 'title' | 'body'>,
): Promise<void> {
  const pull = await findPull(client, proposal.branch);
  if (pull?.state !== 'OPEN' || pull.body.trim() === body.trim()) return;
  await client.write('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
    pull_number: pull.number,
    title,
    body,
  });
}

/** Closes a revert whose entry is over, says why in it, and deletes its branch if only the bot was there. */
export async function withdrawByApi(
  client: GitHubClient,
  proposal: Proposal,
  why: string,
): Promise<void> {
  const pull = await findPull(client, proposal.branch);
  if (!pull || pull.state === 'CLOSED') return;
  if (pull.state === 'OPEN') {
    // The word and the closing in one request: a comment beside it might be made twice.
    await client.write('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
      pull_number: pull.number,
      state: 'closed',
      body: `${pull.body}\n\n---\nClosed by Sluice: ${why}.`,
    });
  }
  const tip = await branchTip(client, proposal.branch);
  if (tip === undefined) return;
  const commit = await client.read('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    commit_sha: tip,
  });
  if (pull.state === 'OPEN' && !/^Rollout: /m.test(commit.message)) return;
  await client.write('DELETE /repos/{owner}/{repo}/git/refs/{ref}', {
    ref: `heads/${proposal.branch}`,
  });
}

const subjectOf = (message: string): string => message.split('\n')[0]?.trim() ?? '';
