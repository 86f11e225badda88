import type { NewProposal, Oid, Proposal, ProposalOutcome } from '../forge.ts';
import { type GitHubClient, GitHubError, lookUntilSeen } from './client.ts';
import { branchTip, commitOnBranch } from './commit.ts';
import { hintFor } from './permissions.ts';
import { findPull, isDisposable, isUntouched, type Pull, toProposal } from './pulls.ts';

/** Marks a revert whose owners were asked. */
const LABEL = 'sluice-revert';

/** What is done with a revert once it is open. */
type Finish = Pick<NewProposal, 'owners' | 'autoMerge' | 'stillStands'>;

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
    // Stale: another run was quicker, and its commit is as good.
    return outcome.kind === 'refused' ? outcome : { kind: 'ready' };
  } catch (error) {
    if (!(error instanceof GitHubError) || error.code !== 'not-found') throw error;
    return { kind: 'refused', detail: error.said };
  }
}

/**
 * The branch, at the head that was read or where another run left it. One that is said to be there
 * and is not found cannot be seen yet, or was another run's that has deleted it since: both pass.
 */
async function makeBranch(
  client: GitHubClient,
  proposal: NewProposal,
): Promise<Oid | Extract<Prepared, { kind: 'refused' }>> {
  const made = await lookUntilSeen(client, () => makeOrFindBranch(client, proposal));
  if (made !== undefined) return made;
  const said = `the branch ${proposal.branch} is there and cannot be seen yet; run again`;
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
    if (/already exists/i.test(error.said)) return undefined;
    if (error.code !== 'refused') throw error;
    const detail = `the branch ${branch} could not be made: ${error.said}${hintFor(error, 'contents')}`;
    return { kind: 'refused', detail };
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
    const there = /already exists/i.test(error.said);
    const made = there ? undefined : await findPull(client, branch);
    if (made) return made;
    if (!there && error.code !== 'refused') throw error;
    if (!there) return { kind: 'refused', detail: refusal(error) };
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

/** GitHub's no, with the setting that would make it a yes. */
function refusal(error: GitHubError): string {
  const forbidden = /not permitted to create or approve pull requests/i.test(error.said);
  const setting = forbidden
    ? '. Allow it under Settings → Actions → General → Workflow permissions, or give the bot an app token'
    : hintFor(error, 'pull-requests');
  return `the pull request could not be opened: ${error.said}${setting}`;
}

/**
 * Asks the owners, labels and merges, as far as that is not done yet. Each may fail, and says so,
 * and the revert stands.
 */
async function finish(
  client: GitHubClient,
  pull: Pull,
  { owners, autoMerge, stillStands = async () => true }: Finish,
  warn: (text: string) => void,
): Promise<Pull> {
  if (pull.state !== 'OPEN') return pull;
  const attempt = async (what: string, send: () => Promise<unknown>): Promise<void> => {
    const refused = await refusalOf(send);
    if (!refused) return;
    warn(`${pull.url}: ${what}: ${refused.said}${hintFor(refused, 'pull-requests')}`);
  };
  if (!isLabelled(pull)) {
    const asked = reviewersOf(owners, client.owner);
    const ask = (some: Reviewers) =>
      client.write('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', {
        pull_number: pull.number,
        ...some,
      });
    const refused = asked.length > 0 && (await refusalOf(() => ask(all(asked))));
    // GitHub asks nobody where one of them cannot be asked: then everybody by themselves.
    for (const one of refused ? asked : []) {
      const name = one.reviewers[0] ?? one.team_reviewers[0];
      await attempt(`${name} could not be asked for a review`, () => ask(one));
    }
    await attempt(`the label ${LABEL} could not be added`, () =>
      client.write('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
        issue_number: pull.number,
        labels: [LABEL],
      }),
    );
  }
  // Never merge by ourselves what a person has added to.
  if (!autoMerge || pull.autoMergeRequest !== null || !isUntouched(pull)) return pull;
  // GitHub merges onto whatever the branch is by now; only the head of the pull request is held to.
  if (!(await stillStands())) return pull;
  return mergeWhenAllowed(client, pull, warn);
}

const isLabelled = ({ labels }: Pull): boolean =>
  labels?.nodes.some(({ name }) => name === LABEL) ?? false;

/**
 * Sends what says the same thing when it is said twice: after no answer it is said again. Never
 * for what makes something.
 */
async function twice(send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof GitHubError) || error.code !== 'ambiguous') throw error;
    await send();
  }
}

/** What GitHub has against something; nothing where it did it. */
async function refusalOf(send: () => Promise<unknown>): Promise<GitHubError | undefined> {
  try {
    await twice(send);
    return undefined;
  } catch (error) {
    if (error instanceof GitHubError) return error;
    throw error;
  }
}

interface Merging {
  readonly method: 'merge' | 'squash' | 'rebase';
  /** What a squashed commit says, so that its trailer is kept; GitHub words the others itself. */
  readonly title?: string;
  readonly body?: string;
}

/** As a merge commit where the repository allows those: it keeps the bot's commit, and who merged it. */
function mergingOf({ number, baseRepository, commits }: Pull): Merging {
  if (baseRepository?.mergeCommitAllowed ?? true) return { method: 'merge' };
  if (!baseRepository?.squashMergeAllowed) return { method: 'rebase' };
  const [subject = '', ...rest] = (commits.nodes[0]?.commit.message ?? '').split('\n');
  const title = `${subject} (#${number})`;
  return { method: 'squash', title, body: rest.join('\n').trim() };
}

/** Merges at once where nothing is required; otherwise GitHub merges when what is required is there. */
async function mergeWhenAllowed(
  client: GitHubClient,
  pull: Pull,
  warn: (text: string) => void,
): Promise<Pull> {
  const merging = mergingOf(pull);
  const refused = await refusalOf(() =>
    // Only this very head is merged, whatever was pushed since it was looked at.
    client.write('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
      pull_number: pull.number,
      sha: pull.headRefOid,
      merge_method: merging.method,
      commit_title: merging.title,
      commit_message: merging.body,
    }),
  );
  // Merged by now, perhaps, and be it by another run: what counts is what it is.
  const now = (await findPull(client, pull.headRefName)) ?? pull;
  if (!refused || now.state !== 'OPEN') return now;
  const alsoRefused = await refusalOf(() =>
    client.mutate(
      `mutation ($input: EnablePullRequestAutoMergeInput!) {
        enablePullRequestAutoMerge(input: $input) { clientMutationId }
      }`,
      {
        input: {
          pullRequestId: pull.id,
          expectedHeadOid: pull.headRefOid,
          mergeMethod: merging.method.toUpperCase(),
          commitHeadline: merging.title,
          commitBody: merging.body,
        },
      },
    ),
  );
  if (alsoRefused) {
    const said = `${refused.said}; ${alsoRefused.said}${autoMergeHint(alsoRefused)}`;
    warn(`${pull.url}: a person has to merge it: ${said}`);
  }
  return now;
}

function autoMergeHint({ said }: GitHubError): string {
  return /auto merge is not allowed/i.test(said)
    ? '. Allow it under Settings → General → Allow auto-merge, and GitHub merges it when what is required is there'
    : '';
}

interface Reviewers {
  readonly reviewers: readonly string[];
  readonly team_reviewers: readonly string[];
}

/** Owners as GitHub asks them, each by themselves; teams of another organisation it cannot ask. */
function reviewersOf(owners: readonly string[], org: string): readonly Reviewers[] {
  return owners.flatMap((owner): readonly Reviewers[] => {
    const [of = '', team] = owner.replace(/^@/, '').split('/');
    if (team === undefined) return [{ reviewers: [of], team_reviewers: [] }];
    const here = of.toLowerCase() === org.toLowerCase();
    return here ? [{ reviewers: [], team_reviewers: [team] }] : [];
  });
}

const all = (some: readonly Reviewers[]): Reviewers => ({
  reviewers: some.flatMap(({ reviewers }) => reviewers),
  team_reviewers: some.flatMap(({ team_reviewers }) => team_reviewers),
});

/** Brings an open revert's text up to date, and finishes what a run that was cut off began. */
export async function refreshByApi(
  client: GitHubClient,
  proposal: Proposal,
  { title, body, ...rest }: Pick<NewProposal, 'title' | 'body'> & Finish,
  warn: (text: string) => void,
): Promise<void> {
  const pull = await findPull(client, proposal.branch);
  if (pull?.state !== 'OPEN') return;
  if (pull.body.trim() !== body.trim()) {
    await twice(() =>
      client.write('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
        pull_number: pull.number,
        title,
        body,
      }),
    );
  }
  await finish(client, pull, rest, warn);
}

/**
 * Closes a revert whose entry is over, says why in it, and deletes its branch if only the bot was
 * there.
 */
export async function withdrawByApi(
  client: GitHubClient,
  proposal: Proposal,
  why: string,
  warn: (text: string) => void,
): Promise<boolean> {
  const pull = await findPull(client, proposal.branch);
  if (!pull) return false;
  if (pull.state === 'OPEN') {
    // The word and the closing in one request: a comment beside it might be made twice.
    await twice(() =>
      client.write('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
        pull_number: pull.number,
        state: 'closed',
        body: `${pull.body}\n\n---\nClosed by Sluice: ${why}.`,
      }),
    );
  }
  if (isDisposable(pull)) await deleteBranch(client, proposal.branch, warn);
  return true;
}

/** Deletes a branch of ours; one that stays is a pity and nothing more. */
async function deleteBranch(
  client: GitHubClient,
  branch: string,
  warn: (text: string) => void,
): Promise<void> {
  const refused = await refusalOf(() =>
    client.write('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ref: `heads/${branch}` }),
  );
  if (!refused || /does not exist/i.test(refused.said)) return;
  warn(`the branch ${branch} could not be deleted: ${refused.said}`);
}

const subjectOf = (message: string): string => message.split('\n')[0]?.trim() ?? '';
