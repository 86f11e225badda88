import type { Forge } from '../forge.ts';
import { anywhere } from '../wanted.ts';
import type { Checkout } from './checkout.ts';
import type { GitHubClient } from './client.ts';
import { headByApi } from './head.ts';
import { listProposals } from './pulls.ts';

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
      return (await api()).readByApi(client, oid, wanted, maxBytes);
    },
    readAt: async (oid, path) => {
      const here = await checkout?.(oid);
      return here ? here.readAt(path) : (await api()).readFileByApi(client, oid, path);
    },
    // None of these from the checkout: in a shallow one every commit is its own beginning.
    edits: async (touched) => (await api()).editsByApi(client, touched),
    records: async (oid, paths, options) => (await api()).recordsByApi(client, oid, paths, options),
    comment: async (id) => (await api()).commentByApi(client, id),
    parent: async (oid) => (await api()).firstParentByApi(client, oid),
    message: async (oid) => (await api()).messageByApi(client, oid),
    changedPaths: async (from, to, wanted = anywhere(() => true)) =>
      (await api()).differences(client, from, to, wanted),
    lookUp: async (oid, subjects, limit) =>
      (await api()).lookUpByApi(client, { branch, oid }, subjects, limit),
    commit: async (head, message, changes) =>
      (await api()).commitOnBranch(client, head, message, changes),
    proposals: () => listProposals(client, branch, warn),
    propose: async (proposal) => (await api()).proposeByApi(client, proposal, warn),
    refresh: async (proposal, text) => (await api()).refreshByApi(client, proposal, text, warn),
    withdraw: async (proposal, why) => (await api()).withdrawByApi(client, proposal, why, warn),
    raise: async (alarm) => (await api()).raiseByIssue(client, alarm, warn),
    permission: async (user) => (await api()).permissionOf(client, user),
    isOwner: async (user, owners) => (await api()).ownsHere(client, user, owners),
  };
}

const api = () => import('./by-api.ts');
