import { issueId } from '../shape/issue.ts';
import { htmlUrl } from '../shape/repository.ts';
import { maybeTime, nodeId, time } from '../shape/urls.ts';
import { mergeability } from '../state/merge.ts';
import type { Comment, Issue } from '../state/model.ts';
import { followHead, headRepository } from '../state/pulls.ts';
import type { PullIssue, StoredRepository } from '../state/repository.ts';
import { connection } from './connection.ts';
import type { Context } from './context.ts';
import { commitNode, refNode } from './git.ts';
import { accountNode } from './people.ts';

type Paging = Parameters<typeof connection>[1];

export function pullState(issue: Issue): 'OPEN' | 'CLOSED' | 'MERGED' {
  if (issue.pull?.mergedAt != null) return 'MERGED';
  return issue.state === 'open' ? 'OPEN' : 'CLOSED';
}

function common(context: Context, stored: StoredRepository, issue: Issue) {
  const kind = issue.pull === undefined ? 'issues' : 'pull';
  const path = `/${stored.fullName}/${kind}/${issue.number}`;
  return {
    id: issueId(issue),
    databaseId: issue.id,
    number: issue.number,
    title: issue.title,
    body: issue.body ?? '',
    createdAt: time(issue.createdAt),
    updatedAt: time(issue.updatedAt),
    closedAt: maybeTime(issue.closedAt),
    closed: issue.state === 'closed',
    locked: false,
    author: accountNode(context, issue.user),
    viewerDidAuthor: issue.user === context.token.account,
    url: `${htmlUrl(context.urls, stored)}/${kind}/${issue.number}`,
    resourcePath: path,
    repository: () => context.repositoryNode(stored),
    labels: (paging: Paging) =>
      connection(
        issue.labels.map((name) => {
          const label = stored.label(name);
          return { id: nodeId('LA', label.id), name: label.name, color: label.color };
        }),
        paging,
      ),
    comments: (paging: Paging) =>
      connection(
        stored.comments
          .filter(({ on }) => on === issue.number)
          .map((comment) => commentNode(context, stored, comment)),
        paging,
      ),
  };
}

export function issueNode(context: Context, stored: StoredRepository, issue: Issue) {
  return {
    __typename: 'Issue',
    ...common(context, stored, issue),
    state: issue.state.toUpperCase(),
    stateReason: issue.stateReason?.toUpperCase() ?? null,
  };
}

export function commentNode(context: Context, stored: StoredRepository, comment: Comment) {
  const kind = stored.pull(comment.on) === undefined ? 'issues' : 'pull';
  const url = `${htmlUrl(context.urls, stored)}/${kind}/${comment.on}#issuecomment-${comment.id}`;
  return {
    __typename: 'IssueComment',
    id: nodeId('IC', comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    author: accountNode(context, comment.user),
    viewerDidAuthor: comment.user === context.token.account,
    isMinimized: false,
    createdAt: time(comment.createdAt),
    updatedAt: time(comment.updatedAt),
    lastEditedAt: maybeTime(comment.editedAt),
    includesCreatedEdit: false,
    url,
    repository: () => context.repositoryNode(stored),
  };
}

interface TimelineArguments extends Paging {
  readonly itemTypes?: readonly string[] | null;
}

/** What happened to a pull request, as far as the server remembers it: who closed it. */
function timeline(context: Context, issue: Issue, { itemTypes, ...paging }: TimelineArguments) {
  if (itemTypes == null || itemTypes.some((type) => type !== 'CLOSED_EVENT')) {
    throw new Error('the test server has a timeline of CLOSED_EVENT alone');
  }
  const events = issue.closures.map(({ by, at }, index) => ({
    __typename: 'ClosedEvent',
    id: nodeId('CE', issue.id, String(index)),
    createdAt: time(at),
    actor: accountNode(context, by),
  }));
  return { ...connection(events, paging), filteredCount: events.length };
}

export async function pullNode(context: Context, stored: StoredRepository, issue: PullIssue) {
  const { pull } = issue;
  if (issue.state === 'open') await followHead(stored, issue);
  const home = headRepository(stored, issue);
  const state = () => mergeability(stored, issue);
  const auto = pull.autoMerge;
  return {
    __typename: 'PullRequest',
    ...common(context, stored, issue),
    state: pullState(issue),
    isDraft: pull.draft,
    merged: pull.mergedAt !== null,
    mergedAt: maybeTime(pull.mergedAt),
    mergedBy: pull.mergedBy === null ? null : accountNode(context, pull.mergedBy),
    mergeCommit: () =>
      pull.mergeCommit === null ? null : commitNode(context, stored, pull.mergeCommit),
    headRefName: pull.headRef,
    headRefOid: pull.headSha,
    headRef: () =>
      home === undefined ? null : refNode(context, home, `refs/heads/${pull.headRef}`),
    headRepository: () => (home === undefined ? null : context.repositoryNode(home)),
    headRepositoryOwner: home === undefined ? null : accountNode(context, home.owner),
    isCrossRepository: pull.headRepository !== stored.fullName,
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    baseRepository: () => context.repositoryNode(stored),
    baseRef: () => refNode(context, stored, `refs/heads/${pull.baseRef}`),
    maintainerCanModify: pull.maintainerCanModify,
    mergeable: async () => {
      if (issue.state !== 'open') return 'UNKNOWN';
      return (await state()).mergeable ? 'MERGEABLE' : 'CONFLICTING';
    },
    mergeStateStatus: async () => (await state()).state.toUpperCase(),
    reviewDecision: null,
    timelineItems: (args: TimelineArguments) => timeline(context, issue, args),
    autoMergeRequest:
      auto === null
        ? null
        : {
            enabledBy: accountNode(context, auto.by),
            mergeMethod: auto.method.toUpperCase(),
            enabledAt: time(issue.updatedAt),
          },
    commits: async (paging: Paging) => {
      const ids = await stored.git.log(pull.headSha, [`^${pull.baseSha}`, '--reverse']);
      return connection(
        ids.map((oid) => ({ commit: () => commitNode(context, stored, oid) })),
        paging,
      );
    },
  };
}
