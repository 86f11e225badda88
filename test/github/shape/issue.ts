import type { Comment, Issue, Label, StoredReaction } from '../state/model.ts';
import type { StoredRepository } from '../state/repository.ts';
import { htmlUrl, repositoryUrl } from './repository.ts';
import { maybeTime, nodeId, time, type Urls } from './urls.ts';
import { user } from './user.ts';

export function label(urls: Urls, repository: StoredRepository, { id, name, color }: Label) {
  return {
    id,
    node_id: nodeId('LA', id),
    url: `${repositoryUrl(urls, repository)}/labels/${encodeURIComponent(name)}`,
    name,
    color,
    default: false,
    description: '',
  };
}

export function labels(urls: Urls, repository: StoredRepository, names: readonly string[]) {
  return names.map((name) => label(urls, repository, repository.label(name)));
}

/** GitHub's idea of how somebody belongs here; it only knows what is public. */
export function association(repository: StoredRepository, login: string): string {
  if (repository.owner.login.toLowerCase() === login.toLowerCase()) return 'OWNER';
  const role = repository.roles.get(login.toLowerCase());
  return role === undefined || role === 'none' ? 'NONE' : 'COLLABORATOR';
}

export function issueId({ id, pull }: Issue): string {
  return nodeId(pull === undefined ? 'I' : 'PR', id);
}

export function issue(urls: Urls, repository: StoredRepository, stored: Issue) {
  const api = repositoryUrl(urls, repository);
  const url = `${api}/issues/${stored.number}`;
  const kind = stored.pull === undefined ? 'issues' : 'pull';
  const html = `${htmlUrl(urls, repository)}/${kind}/${stored.number}`;
  const [assignee] = stored.assignees;
  return {
    id: stored.id,
    node_id: issueId(stored),
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    number: stored.number,
    state: stored.state,
    state_reason: stored.stateReason,
    title: stored.title,
    body: stored.body,
    user: user(urls, stored.user),
    labels: labels(urls, repository, stored.labels),
    assignee: assignee === undefined ? null : user(urls, repository.world.account(assignee)),
    assignees: stored.assignees.map((login) => user(urls, repository.world.account(login))),
    milestone: null,
    locked: false,
    active_lock_reason: null,
    comments: repository.comments.filter(({ on }) => on === stored.number).length,
    closed_at: maybeTime(stored.closedAt),
    created_at: time(stored.createdAt),
    updated_at: time(stored.updatedAt),
    closed_by: null,
    author_association: association(repository, stored.user.login),
    ...(stored.pull === undefined
      ? {}
      : {
          draft: stored.pull.draft,
          pull_request: {
            url: `${api}/pulls/${stored.number}`,
            html_url: html,
            diff_url: `${html}.diff`,
            patch_url: `${html}.patch`,
            merged_at: maybeTime(stored.pull.mergedAt),
          },
        }),
  };
}

export function comment(urls: Urls, repository: StoredRepository, stored: Comment) {
  const api = repositoryUrl(urls, repository);
  const kind = repository.pull(stored.on) === undefined ? 'issues' : 'pull';
  const url = `${api}/issues/comments/${stored.id}`;
  const count = (content: string) =>
    stored.reactions.filter((reaction) => reaction.content === content).length;
  return {
    id: stored.id,
    node_id: nodeId('IC', stored.id),
    url,
    html_url: `${htmlUrl(urls, repository)}/${kind}/${stored.on}#issuecomment-${stored.id}`,
    issue_url: `${api}/issues/${stored.on}`,
    user: user(urls, stored.user),
    created_at: time(stored.createdAt),
    updated_at: time(stored.updatedAt),
    author_association: association(repository, stored.user.login),
    body: stored.body,
    reactions: {
      url: `${url}/reactions`,
      total_count: stored.reactions.length,
      '+1': count('+1'),
      '-1': count('-1'),
      laugh: count('laugh'),
      hooray: count('hooray'),
      confused: count('confused'),
      heart: count('heart'),
      rocket: count('rocket'),
      eyes: count('eyes'),
    },
    performed_via_github_app: null,
  };
}

export function reaction(urls: Urls, stored: StoredReaction) {
  return {
    id: stored.id,
    node_id: nodeId('REA', stored.id),
    user: user(urls, stored.user),
    content: stored.content,
    created_at: time(stored.at),
  };
}
