import type { Proposal } from '../../model/proposal.ts';
import type { GitHubClient } from './client.ts';
import { isDisposable, readPull } from './pulls.ts';
import { refusalOf, twice } from './send.ts';

/**
 * Closes a revert of Sluice's own whose entry is over, says why in it, and deletes its branch if only the bot was
 * there.
 */
export async function withdrawByApi(
  client: GitHubClient,
  proposal: Proposal,
  why: string,
  warn: (text: string) => void,
): Promise<boolean> {
  const pull = await readPull(client, proposal.where);
  if (!pull?.viewerDidAuthor) return false;
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
  if (isDisposable(pull)) await deleteBranch(client, pull.headRefName, warn);
  return true;
}

/** Deletes a branch of ours; one that stays is a pity and nothing more. */
export async function deleteBranch(
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
