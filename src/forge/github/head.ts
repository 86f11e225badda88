import type { Head, Oid } from '../../model/head.ts';
import type { GitHubClient } from './client.ts';
import { GitHubError } from './error.ts';

/** The branch rollouts live on: the default branch, unless one is named. */
export async function headByApi(client: GitHubClient, branch: string | undefined): Promise<Head> {
  const { repository } = await client.query<{
    readonly repository: {
      readonly ref: { readonly name: string; readonly target: { readonly oid: Oid } | null } | null;
    };
  }>(
    branch === undefined
      ? `query ($owner: String!, $repo: String!) {
          repository(owner: $owner, name: $repo) { ref: defaultBranchRef { name target { oid } } }
        }`
      : `query ($owner: String!, $repo: String!, $branch: String!) {
          repository(owner: $owner, name: $repo) { ref(qualifiedName: $branch) { name target { oid } } }
        }`,
    {
      owner: client.owner,
      repo: client.repo,
      ...(branch ? { branch: `refs/heads/${branch}` } : {}),
    },
  );
  if (!repository.ref?.target) {
    throw new GitHubError('not-found', 'POST /graphql', `there is no branch ${branch ?? ''}`);
  }
  return { branch: repository.ref.name, oid: repository.ref.target.oid };
}
