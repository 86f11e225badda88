import { htmlUrl, repositoryId } from '../shape/repository.ts';
import { time } from '../shape/urls.ts';
import type { Issue } from '../state/model.ts';
import type { PullIssue, StoredRepository } from '../state/repository.ts';
import { connection } from './connection.ts';
import { type Context, type ListArguments, permitted, refusal } from './context.ts';
import { gitObject, refNode } from './git.ts';
import { issueNode, pullNode, pullState } from './issues.ts';
import { accountNode } from './people.ts';

export function repositoryNode(context: Context, stored: StoredRepository) {
  const { urls, world, token } = context;
  const role =
    token.kind === 'user'
      ? world.role(stored, token.account.login)
      : token.permissions.contents === 'write'
        ? 'write'
        : 'read';
  return {
    __typename: 'Repository',
    id: repositoryId(stored),
    databaseId: stored.id,
    name: stored.name,
    nameWithOwner: stored.fullName,
    owner: accountNode(context, stored.owner),
    url: htmlUrl(urls, stored),
    resourcePath: `/${stored.fullName}`,
    isPrivate: stored.isPrivate,
    isFork: stored.parent !== undefined,
    isArchived: false,
    visibility: stored.isPrivate ? 'PRIVATE' : 'PUBLIC',
    createdAt: time(stored.createdAt),
    viewerPermission: role === 'none' ? null : role.toUpperCase(),
    autoMergeAllowed: stored.settings.allowAutoMerge,
    deleteBranchOnMerge: stored.settings.deleteBranchOnMerge,
    mergeCommitAllowed: stored.settings.mergeMethods.includes('merge'),
    squashMergeAllowed: stored.settings.mergeMethods.includes('squash'),
    rebaseMergeAllowed: stored.settings.mergeMethods.includes('rebase'),
    defaultBranchRef: () => refNode(context, stored, `refs/heads/${stored.defaultBranch}`),
    ref: ({ qualifiedName }: { readonly qualifiedName: string }) =>
      namedRef(context, stored, qualifiedName),
    refs: async ({
      refPrefix,
      query,
      ...paging
    }: ListArguments & { readonly refPrefix: string; readonly query?: string | null }) => {
      const refs = await stored.git.refs(refPrefix.replace(/\/$/, ''));
      const found = refs.filter(({ ref }) => query == null || ref.includes(query));
      return connection(
        found.map(({ ref }) => refNode(context, stored, ref, refPrefix)),
        paging,
      );
    },
    object: ({
      expression,
      oid,
    }: {
      readonly expression?: string | null;
      readonly oid?: string | null;
    }) => gitObject(context, stored, oid ?? expression ?? 'HEAD'),
    pullRequest: ({ number }: { readonly number: number }) => {
      const issue = stored.pull(number);
      if (issue === undefined) throw missing('a PullRequest', number);
      return pullNode(context, stored, issue);
    },
    issue: ({ number }: { readonly number: number }) => {
      const issue = stored.issues.get(number);
      if (issue === undefined || issue.pull !== undefined) throw missing('an Issue', number);
      return issueNode(context, stored, issue);
    },
    issueOrPullRequest: ({ number }: { readonly number: number }) => {
      const issue = stored.issues.get(number);
      if (issue === undefined) throw missing('an issue or pull request', number);
      const pull = stored.pull(number);
      return pull === undefined
        ? issueNode(context, stored, issue)
        : pullNode(context, stored, pull);
    },
    pullRequests: (args: ListArguments) => {
      permitted(context, stored.fullName, ['pull_requests', 'read']);
      return context.pullConnection(stored, stored.pulls(), args);
    },
    issues: (args: ListArguments) => {
      permitted(context, stored.fullName, ['issues', 'read']);
      const found = [...stored.issues.values()].filter(
        (issue) =>
          issue.pull === undefined &&
          (args.states == null || args.states.includes(issue.state.toUpperCase())) &&
          labelled(issue, args.labels),
      );
      return connection(
        ordered(found, args.orderBy).map((issue) => issueNode(context, stored, issue)),
        args,
      );
    },
  };
}

/** A ref by its whole name, or the branch or tag of that name. */
async function namedRef(context: Context, stored: StoredRepository, name: string) {
  for (const ref of [name, `refs/heads/${name}`, `refs/tags/${name}`]) {
    const found = await refNode(context, stored, ref);
    if (found !== null) return found;
  }
  return null;
}

/** Those of the pull requests that are asked for. */
export function pullConnection(
  context: Context,
  stored: StoredRepository,
  pulls: readonly PullIssue[],
  args: ListArguments,
) {
  const found = pulls.filter(
    (issue) =>
      (args.headRefName == null || issue.pull.headRef === args.headRefName) &&
      (args.baseRefName == null || issue.pull.baseRef === args.baseRefName) &&
      (args.states == null || args.states.includes(pullState(issue))) &&
      labelled(issue, args.labels),
  );
  return connection(
    ordered(found, args.orderBy).map((issue) => pullNode(context, stored, issue)),
    args,
  );
}

function labelled(issue: Issue, labels: readonly string[] | null | undefined): boolean {
  return labels == null || labels.some((name) => issue.labels.includes(name));
}

/** Without an order the oldest comes first, unlike in REST. */
function ordered<Item extends Issue>(
  issues: readonly Item[],
  by: ListArguments['orderBy'],
): readonly Item[] {
  const key = (issue: Item) => (by?.field === 'UPDATED_AT' ? issue.updatedAt : issue.createdAt);
  const rising = [...issues].sort((a, b) => key(a) - key(b) || a.number - b.number);
  return by?.direction === 'DESC' ? rising.reverse() : rising;
}

function missing(what: string, number: number) {
  return refusal('NOT_FOUND', `Could not resolve to ${what} with the number of ${number}.`);
}
