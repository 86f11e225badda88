import { comment, issue, labels } from '../shape/issue.ts';
import { announce } from '../state/announce.ts';
import { addComment, addLabels, closeIssue, longestBody, openIssue } from '../state/issues.ts';
import type { Comment, Issue } from '../state/model.ts';
import { notFound, RequestError } from '../state/refusal.ts';
import type { StoredRepository } from '../state/repository.ts';
import type { Need } from '../state/token.ts';
import { created, type Input, NO_CONTENT, ok, type RepositoryCall, reads, writes } from './call.ts';
import { page } from './page.ts';

/** A pull request is an issue: whoever may write the one may write the other. */
const READS: readonly Need[] = [
  ['issues', 'read'],
  ['pull_requests', 'read'],
];
const WRITES: readonly Need[] = [
  ['issues', 'write'],
  ['pull_requests', 'write'],
];

const list = reads<Input<'issues', 'listForRepo'>>(READS, (call, input) => {
  const { repository } = call;
  const wanted = input.labels?.split(',').filter((name) => name !== '') ?? [];
  const state = input.state ?? 'open';
  const since = input.since === undefined ? 0 : Date.parse(input.since);
  const found = [...repository.issues.values()].filter(
    (one) =>
      (state === 'all' || one.state === state) &&
      (input.creator === undefined || one.user.login === input.creator) &&
      one.updatedAt >= since &&
      wanted.every((name) => has(one, name)),
  );
  const sorted = ordered(found, input.sort ?? 'created', input.direction ?? 'desc');
  return page(call, input, sorted, (one) => issue(call.urls, repository, one));
});

const create = writes<Input<'issues', 'create'>>(
  ['issues', 'write'],
  ({ repository, actor, urls }, input) => {
    const opened = openIssue(repository, actor, String(input.title), input.body ?? null);
    addLabels(repository, opened, names(input.labels));
    opened.assignees.push(...(input.assignees ?? []));
    return created(issue(urls, repository, opened));
  },
);

const get = reads<Input<'issues', 'get'>>(READS, (call, { issue_number }) =>
  ok(issue(call.urls, call.repository, one(call.repository, issue_number))),
);

const update = writes<Input<'issues', 'update'>>(WRITES, (call, input) => {
  const { repository, world, actor } = call;
  const stored = one(repository, input.issue_number);
  if (input.title !== undefined && input.title !== null) stored.title = String(input.title);
  if (input.body !== undefined) stored.body = longestBody(input.body);
  if (input.labels !== undefined) stored.labels = [];
  addLabels(repository, stored, names(input.labels));
  if (input.state !== undefined && input.state !== stored.state) {
    const closing = input.state === 'closed';
    if (closing) closeIssue(stored, actor, world.now());
    else Object.assign(stored, { state: 'open', closedAt: null });
    stored.stateReason = input.state_reason ?? (closing ? 'completed' : 'reopened');
    announce(repository, actor, {
      event: stored.pull === undefined ? 'issues' : 'pull_request',
      action: closing ? 'closed' : 'reopened',
      number: stored.number,
    });
  }
  stored.updatedAt = world.now();
  return ok(issue(call.urls, repository, stored));
});

const listComments = reads<Input<'issues', 'listComments'>>(READS, (call, input) => {
  const { repository } = call;
  one(repository, input.issue_number);
  const since = input.since === undefined ? 0 : Date.parse(input.since);
  const found = repository.comments.filter(
    ({ on, updatedAt }) => on === input.issue_number && updatedAt >= since,
  );
  return page(call, input, found, (stored) => comment(call.urls, repository, stored));
});

const createComment = writes<Input<'issues', 'createComment'>>(WRITES, (call, input) => {
  const { repository, actor, urls } = call;
  one(repository, input.issue_number);
  const stored = addComment(repository, actor, input.issue_number, input.body);
  return created(comment(urls, repository, stored));
});

const getComment = reads<Input<'issues', 'getComment'>>(READS, (call, { comment_id }) =>
  ok(comment(call.urls, call.repository, commentOf(call.repository, comment_id))),
);

const updateComment = writes<Input<'issues', 'updateComment'>>(WRITES, (call, input) => {
  const stored = commentOf(call.repository, input.comment_id);
  mayEdit(call, stored);
  stored.body = longestBody(input.body) ?? '';
  stored.updatedAt = call.world.now();
  stored.editedAt = stored.updatedAt;
  announce(call.repository, call.actor, {
    event: 'issue_comment',
    action: 'edited',
    number: stored.on,
  });
  return ok(comment(call.urls, call.repository, stored));
});

const deleteComment = writes<Input<'issues', 'deleteComment'>>(WRITES, (call, { comment_id }) => {
  const stored = commentOf(call.repository, comment_id);
  mayEdit(call, stored);
  call.repository.comments.splice(call.repository.comments.indexOf(stored), 1);
  return NO_CONTENT;
});

const listLabels = reads<Input<'issues', 'listLabelsOnIssue'>>(READS, (call, input) => {
  const { repository, urls } = call;
  const stored = one(repository, input.issue_number);
  return page(call, input, labels(urls, repository, stored.labels), (label) => label);
});

const addLabelsTo = writes<Input<'issues', 'addLabels'>>(WRITES, (call, input) => {
  const { repository, urls } = call;
  const stored = one(repository, input.issue_number);
  addLabels(repository, stored, names(input.labels));
  return ok(labels(urls, repository, stored.labels));
});

const removeLabel = writes<Input<'issues', 'removeLabel'>>(WRITES, (call, input) => {
  const { repository, urls } = call;
  const stored = one(repository, input.issue_number);
  if (!has(stored, input.name)) throw new RequestError(404, 'Label does not exist');
  stored.labels = stored.labels.filter((name) => !same(name, input.name));
  return ok(labels(urls, repository, stored.labels));
});

/** People and apps edit their own comments; whoever may write the contents edits everybody's. */
function mayEdit({ world, repository, actor }: RepositoryCall, { user }: Comment): void {
  if (user.login === actor.account.login || actor.kind !== 'user') return;
  const role = world.role(repository, actor.account.login);
  if (role !== 'write' && role !== 'maintain' && role !== 'admin') {
    throw new RequestError(403, 'Must have admin rights to Repository.');
  }
}

function one(repository: StoredRepository, number: number): Issue {
  const stored = repository.issues.get(number);
  if (stored === undefined) throw notFound();
  return stored;
}

export function commentOf(repository: StoredRepository, id: number): Comment {
  const stored = repository.comments.find((candidate) => candidate.id === id);
  if (stored === undefined) throw notFound();
  return stored;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const has = (stored: Issue, name: string): boolean =>
  stored.labels.some((label) => same(label, name));

function names(given: readonly (string | { readonly name?: string })[] | undefined): string[] {
  return (given ?? []).map((label) => (typeof label === 'string' ? label : (label.name ?? '')));
}

export function ordered<Item extends Pick<Issue, 'number' | 'createdAt' | 'updatedAt'>>(
  items: readonly Item[],
  sort: string,
  direction: string,
): readonly Item[] {
  const key = (item: Item) => (sort === 'updated' ? item.updatedAt : item.createdAt);
  const rising = [...items].sort((a, b) => key(a) - key(b) || a.number - b.number);
  return direction === 'asc' ? rising : rising.reverse();
}

export const ISSUE_OPERATIONS = {
  'issues/list-for-repo': list,
  'issues/create': create,
  'issues/get': get,
  'issues/update': update,
  'issues/list-comments': listComments,
  'issues/create-comment': createComment,
  'issues/get-comment': getComment,
  'issues/update-comment': updateComment,
  'issues/delete-comment': deleteComment,
  'issues/list-labels-on-issue': listLabels,
  'issues/add-labels': addLabelsTo,
  'issues/remove-label': removeLabel,
};
