import type { Forge } from '../forge.ts';
import { anywhere } from '../wanted.ts';
import type { Checkout } from './checkout.ts';
import type { GitHubClient } from './client.ts';
import { commitOnBranch } from './commit.ts';
import { readByApi, readFileByApi } from './contents.ts';
import { differences } from './differences.ts';
import { refreshByApi } from './finish.ts';
import { headByApi } from './head.ts';
import { editsByApi, firstParentByApi, messageByApi } from './history.ts';
import { raiseByIssue } from './issue.ts';
import { lookUpByApi } from './look-up.ts';
import { ownsHere, permissionOf } from './people.ts';
import { proposeByApi } from './propose.ts';
import { listProposals } from './pulls.ts';
import { commentByApi, recordsByApi } from './records.ts';
import { withdrawByApi } from './withdraw.ts';

export interface GitHubForgeOptions {
  readonly client: GitHubClient;
  /** The branch rollouts live on. Default: the repository's default branch. */
  readonly branch?: string;
  /** The workflow's checkout: a commit that it has need not be fetched again. */
  readonly checkout?: Checkout;
  /** Hears what did not go as wished, though the work was done. */
  readonly warn: (text: string) => void;
}

/**
 * A repository on GitHub as a forge. Reads are of one commit: from the workflow's checkout where
 * that has it, otherwise in batches by the API. Every commit is a compare-and-swap.
 */
export function openGitHubForge({ client, branch, checkout, warn }: GitHubForgeOptions): Forge {
  return {
    head: () => headByApi(client, branch),
    read: async (oid, wanted, { maxBytes }) => {
      const here = await checkout?.(oid);
      if (here) return here.read(wanted, maxBytes);
      return readByApi(client, oid, wanted, maxBytes);
    },
    readAt: async (oid, path) => {
      const here = await checkout?.(oid);
      return here ? here.readAt(path) : readFileByApi(client, oid, path);
    },
    // None of these from the checkout: in a shallow one every commit is its own beginning.
    edits: (touched) => editsByApi(client, touched),
    records: (oid, paths, options) => recordsByApi(client, oid, paths, options),
    comment: (id) => commentByApi(client, id),
    parent: (oid) => firstParentByApi(client, oid),
    message: (oid) => messageByApi(client, oid),
    changedPaths: (from, to, wanted = anywhere(() => true)) =>
      differences(client, from, to, wanted),
    lookUp: async (oid, subjects, limit) => lookUpByApi(client, { branch, oid }, subjects, limit),
    commit: async (head, message, changes) => commitOnBranch(client, head, message, changes),
    proposals: () => listProposals(client, branch, warn),
    propose: (proposal) => proposeByApi(client, proposal, warn),
    refresh: (proposal, text) => refreshByApi(client, proposal, text, warn),
    withdraw: (proposal, why) => withdrawByApi(client, proposal, why, warn),
    raise: async (alarm) => raiseByIssue(client, alarm, warn),
    permission: (user) => permissionOf(client, user),
    isOwner: (user, owners) => ownsHere(client, user, owners),
  };
}
