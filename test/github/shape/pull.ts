import { diff } from '../git/diff.ts';
import { mergeability } from '../state/merge.ts';
import { headRepository } from '../state/pulls.ts';
import type { PullIssue, StoredRepository } from '../state/repository.ts';
import { association, issueId, labels } from './issue.ts';
import { htmlUrl, repository as repositoryShape, repositoryUrl } from './repository.ts';
import { maybeTime, nodeId, time, type Urls } from './urls.ts';
import { maybeUser, user } from './user.ts';

function end(urls: Urls, stored: StoredRepository, ref: string, sha: string) {
  return {
    label: `${stored.owner.login}:${ref}`,
    ref,
    sha,
    user: user(urls, stored.owner),
    repo: repositoryShape(urls, stored),
  };
}

/** A pull request as lists show it. */
export function simplePull(urls: Urls, repository: StoredRepository, issue: PullIssue) {
  const { pull, number } = issue;
  const { world } = repository;
  const api = repositoryUrl(urls, repository);
  const url = `${api}/pulls/${number}`;
  const issueUrl = `${api}/issues/${number}`;
  const html = `${htmlUrl(urls, repository)}/pull/${number}`;
  const statuses = `${api}/statuses/${pull.headSha}`;
  const [assignee] = issue.assignees;
  return {
    id: issue.id,
    node_id: issueId(issue),
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueUrl,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: statuses,
    number,
    state: issue.state,
    locked: false,
    title: issue.title,
    body: issue.body,
    user: user(urls, issue.user),
    labels: labels(urls, repository, issue.labels),
    milestone: null,
    created_at: time(issue.createdAt),
    updated_at: time(issue.updatedAt),
    closed_at: maybeTime(issue.closedAt),
    merged_at: maybeTime(pull.mergedAt),
    merge_commit_sha: pull.mergeCommit,
    assignee: assignee === undefined ? null : user(urls, world.account(assignee)),
    assignees: issue.assignees.map((login) => user(urls, world.account(login))),
    requested_reviewers: pull.reviewers.map((login) => user(urls, world.account(login))),
    requested_teams: pull.teamReviewers.map((slug) => ({
      ...team(urls, repository, slug),
      parent: null,
    })),
    draft: pull.draft,
    head: end(urls, headRepository(repository, issue) ?? repository, pull.headRef, pull.headSha),
    base: end(urls, repository, pull.baseRef, pull.baseSha),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issueUrl },
      comments: { href: `${issueUrl}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${api}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: association(repository, issue.user.login),
    auto_merge:
      pull.autoMerge === null
        ? null
        : {
            enabled_by: user(urls, pull.autoMerge.by),
            merge_method: pull.autoMerge.method,
            commit_title: '',
            commit_message: '',
          },
  };
}

function team(urls: Urls, { owner }: StoredRepository, slug: string) {
  const url = `${urls.api}/orgs/${owner.login}/teams/${slug}`;
  return {
    id: 1,
    node_id: nodeId('T', slug),
    url,
    html_url: `${urls.web}/orgs/${owner.login}/teams/${slug}`,
    name: slug,
    slug,
    description: null,
    privacy: 'closed',
    permission: 'pull',
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: 'organization',
  };
}

/** A pull request by itself, with what has to be worked out for it. */
export async function fullPull(urls: Urls, repository: StoredRepository, issue: PullIssue) {
  const { pull } = issue;
  const { git } = repository;
  const base = await git.mergeBase(pull.baseSha, pull.headSha);
  const files = base === undefined ? [] : await diff(git, base, pull.headSha);
  const commits = await git.log(pull.headSha, [`^${pull.baseSha}`]);
  const { mergeable, state, merge } = await mergeability(repository, issue);
  const sum = (count: (file: (typeof files)[number]) => number) =>
    files.reduce((total, file) => total + count(file), 0);
  return {
    ...simplePull(urls, repository, issue),
    // By itself a pull request shows teams without their parents.
    requested_teams: pull.teamReviewers.map((slug) => team(urls, repository, slug)),
    merge_commit_sha: pull.mergeCommit ?? merge ?? null,
    merged: pull.mergedAt !== null,
    mergeable: issue.state === 'open' ? mergeable : null,
    rebaseable: null,
    mergeable_state: state,
    merged_by: maybeUser(urls, pull.mergedBy),
    comments: repository.comments.filter(({ on }) => on === issue.number).length,
    review_comments: 0,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: commits.length,
    additions: sum((file) => file.additions),
    deletions: sum((file) => file.deletions),
    changed_files: files.length,
  };
}
