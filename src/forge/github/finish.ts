import type { Proposal } from '../../model/proposal.ts';
import { SECOND } from '../../time.ts';
import type { NewProposal } from '../forge.ts';
import type { GitHubClient } from './client.ts';
import type { GitHubError } from './error.ts';
import { hintFor } from './permissions.ts';
import { isUntouched, type Pull, readPull } from './pulls.ts';
import { refusalOf, refusalOnce, twice } from './send.ts';

/** Marks a revert whose owners were asked. */
const LABEL = 'sluice-revert';

/** What is done with a revert once it is open. */
type Finish = Pick<NewProposal, 'owners' | 'autoMerge' | 'stillStands'>;

/** Brings an open revert's text up to date, and finishes what a run that was cut off began. */
export async function refreshByApi(
  client: GitHubClient,
  proposal: Proposal,
  { title, body, ...rest }: Pick<NewProposal, 'title' | 'body'> & Finish,
  warn: (text: string) => void,
): Promise<void> {
  const pull = await readPull(client, proposal.where);
  if (pull?.state !== 'OPEN' || !pull.viewerDidAuthor) return;
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
 * Asks the owners, labels and merges, as far as that is not done yet. Each may fail, and says so,
 * and the revert stands.
 */
export async function finish(
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
  return mergeWhenAllowed(client, pull, stillStands, warn);
}

const isLabelled = ({ labels }: Pull): boolean =>
  labels?.nodes.some(({ name }) => name === LABEL) ?? false;

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

/** Merges at once if nothing is required; otherwise GitHub merges when what is required is there. */
async function mergeWhenAllowed(
  client: GitHubClient,
  pull: Pull,
  stillStands: () => Promise<boolean>,
  warn: (text: string) => void,
): Promise<Pull> {
  const merging = mergingOf(pull);
  const { now, refused } = await mergeNow(client, pull, merging, stillStands);
  if (!refused) return now;
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
  if (!alsoRefused) return now;
  // An answer that was lost is read back: auto-merge may be on.
  const then = (await readPull(client, pull.url)) ?? now;
  if (then.state !== 'OPEN' || then.autoMergeRequest !== null) return then;
  const said = `${refused.said}; ${alsoRefused.said}${autoMergeHint(alsoRefused)}`;
  warn(`${pull.url}: a person has to merge it: ${said}`);
  return then;
}

/** How often a merge is tried. */
const TRIES = 3;

/**
 * Merges, and tries again if that may help: GitHub did not answer and the pull request is open, or
 * somebody else's commit came in between. Before each further try it is asked once more whether what
 * was decided still stands: a person may have stopped it meanwhile.
 *
 * @returns the pull request as it is now, and why it was refused if it is open and that counts
 */
async function mergeNow(
  client: GitHubClient,
  pull: Pull,
  { method, title, body }: Merging,
  stillStands: () => Promise<boolean>,
): Promise<{ readonly now: Pull; readonly refused?: GitHubError }> {
  for (let tries = 1; ; tries += 1) {
    const refused = await refusalOnce(() =>
      // Only this very head is merged, whatever was pushed since it was looked at.
      client.write('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
        pull_number: pull.number,
        sha: pull.headRefOid,
        merge_method: method,
        commit_title: title,
        commit_message: body,
      }),
    );
    // Another run may have merged it already: what counts is its current state.
    const now = (await readPull(client, pull.url)) ?? pull;
    if (!refused || now.state !== 'OPEN') return { now };
    if (!mayPass(refused) || tries === TRIES) return { now, refused };
    await client.sleep(tries * SECOND);
    if (!(await stillStands())) return { now };
  }
}

/** GitHub checks a merge against a base that moved meanwhile: a 405 like those that are final. */
const mayPass = ({ code, status, said }: GitHubError): boolean =>
  code === 'ambiguous' || (status === 405 && /base branch was modified/i.test(said));

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
