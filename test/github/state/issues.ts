import { type Actor, announce } from './announce.ts';
import type { Comment, Issue } from './model.ts';
import { invalid } from './refusal.ts';
import type { StoredRepository } from './repository.ts';

const LONGEST_BODY = 65_536;

/** A body that fits. GitHub counts characters, not bytes. */
export function longestBody(body: string | null): string | null {
  if (body === null || [...body].length <= LONGEST_BODY) return body;
  throw invalid({
    resource: 'IssueComment',
    code: 'custom',
    field: 'body',
    message: `body is too long (maximum is ${LONGEST_BODY} characters)`,
  });
}

export function openIssue(
  repository: StoredRepository,
  actor: Actor,
  title: string,
  body: string | null,
): Issue {
  const now = repository.world.now();
  const issue: Issue = {
    id: repository.world.nextId(),
    number: repository.nextNumber(),
    user: actor.account,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closures: [],
    title,
    body: longestBody(body),
    state: 'open',
    stateReason: null,
    labels: [],
    assignees: [],
    pull: undefined,
  };
  repository.issues.set(issue.number, issue);
  announce(repository, actor, { event: 'issues', action: 'opened', number: issue.number });
  return issue;
}

export function addComment(
  repository: StoredRepository,
  actor: Actor,
  on: number,
  body: string,
): Comment {
  if (body.trim() === '') {
    throw invalid({ resource: 'IssueComment', code: 'missing_field', field: 'body' });
  }
  const now = repository.world.now();
  const comment: Comment = {
    id: repository.world.nextId(),
    on,
    user: actor.account,
    createdAt: now,
    updatedAt: now,
    editedAt: null,
    body: longestBody(body) ?? '',
    reactions: [],
  };
  repository.comments.push(comment);
  const issue = repository.issues.get(on);
  if (issue !== undefined) issue.updatedAt = now;
  announce(repository, actor, { event: 'issue_comment', action: 'created', number: on });
  return comment;
}

/** Closes an issue or pull request, and remembers who did it. */
export function closeIssue(issue: Issue, { account }: Actor, at: number): void {
  Object.assign(issue, { state: 'closed', closedAt: at, updatedAt: at });
  issue.closures.push({ by: account, at });
}

/** Adds labels; one the repository does not have is made on the way. */
export function addLabels(
  repository: StoredRepository,
  issue: Issue,
  names: readonly string[],
): void {
  for (const name of names) {
    const label = repository.label(name);
    if (!issue.labels.includes(label.name)) issue.labels.push(label.name);
  }
}
