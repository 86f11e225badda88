import type { Forge, Oid } from '../forge.ts';
import type { Checkout } from './checkout.ts';
import type { GitHubClient } from './client.ts';
import { commitOnBranch } from './commit.ts';
import {
  changedByApi,
  editsByApi,
  firstParentByApi,
  headByApi,
  type Known,
  messageByApi,
  readByApi,
  readFileByApi,
} from './contents.ts';
import { raiseByIssue } from './issue.ts';
import { lookUpByApi } from './look-up.ts';
import { ownsHere, permissionOf } from './people.ts';
import { proposeByApi, refreshByApi, withdrawByApi } from './propose.ts';
import { listProposals } from './pulls.ts';

export interface GitHubForgeOptions {
  readonly client: GitHubClient;
  /** The branch rollouts live on. Default: the repository's default branch. */
  readonly branch?: string;
  /** The workflow's checkout: a commit that it has need not be fetched again. */
  readonly checkout?: Checkout;
  /** The commit the checkout was made of. */
  readonly base?: Oid;
  /** Hears what did not go as wished, though the work was done. */
  readonly warn: (text: string) => void;
}

/**
 * A repository on GitHub as a forge. Reads are of one commit: from the workflow's checkout where
 * that has it, otherwise in batches by the API. Every commit is a compare-and-swap.
 */
export function openGitHubForge({
  client,
  branch,
  checkout,
  base,
  warn,
}: GitHubForgeOptions): Forge {
  const known = base === undefined || !checkout ? undefined : treeIn(checkout, base);
  return {
    head: () => headByApi(client, branch),
    read: async (oid, match, { maxBytes }) => {
      const here = await checkout?.(oid);
      return here ? here.read(match, maxBytes) : readByApi(client, oid, match, maxBytes, known);
    },
    readAt: async (oid, path) => {
      const here = await checkout?.(oid);
      return here ? here.readAt(path) : readFileByApi(client, oid, path);
    },
    // None of these from the checkout: in a shallow one every commit is its own beginning.
    edits: (touched) => editsByApi(client, touched),
    parent: (oid) => firstParentByApi(client, oid),
    message: (oid) => messageByApi(client, oid),
    changedPaths: (from, to) => changedByApi(client, from, to),
    lookUp: (oid, subjects, limit) => lookUpByApi(client, oid, subjects, limit),
    commit: (head, message, changes) => commitOnBranch(client, head, message, changes),
    proposals: () => listProposals(client),
    propose: (proposal) => proposeByApi(client, proposal, warn),
    refresh: (proposal, text) => refreshByApi(client, proposal, text, warn),
    withdraw: (proposal, why) => withdrawByApi(client, proposal, why, warn),
    raise: (alarm) => raiseByIssue(client, alarm, warn),
    permission: (user) => permissionOf(client, user),
    isOwner: (user, owners) => ownsHere(client, user, owners),
  };
}

/** The tree of the checkout's commit, of which the branch head is seldom far. */
function treeIn(checkout: Checkout, oid: Oid): Known {
  return {
    oid,
    entries: async () => {
      const commit = await checkout(oid);
      return commit?.tree.map(({ oid: sha, ...entry }) => ({ ...entry, sha, size: 0 }));
    },
  };
}
