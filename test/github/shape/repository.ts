import type { Role } from '../state/model.ts';
import type { StoredRepository } from '../state/repository.ts';
import { nodeId, time, type Urls } from './urls.ts';
import { user } from './user.ts';

/** Links of a repository, which differ in their last part only. */
const LINKS = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
} as const;

export function repositoryUrl(urls: Urls, repository: StoredRepository): string {
  return `${urls.api}/repos/${repository.fullName}`;
}

export function htmlUrl(urls: Urls, repository: StoredRepository): string {
  return `${urls.web}/${repository.fullName}`;
}

export function repositoryId({ id }: StoredRepository): string {
  return nodeId('R', id);
}

/** A repository as pull requests and events carry it. */
export function repository(urls: Urls, stored: StoredRepository) {
  const url = repositoryUrl(urls, stored);
  const html = htmlUrl(urls, stored);
  const open = [...stored.issues.values()].filter(({ state }) => state === 'open').length;
  const links = Object.fromEntries(
    Object.entries(LINKS).map(([name, path]) => [name, `${url}${path}`]),
  );
  return {
    id: stored.id,
    node_id: repositoryId(stored),
    name: stored.name,
    full_name: stored.fullName,
    private: stored.isPrivate,
    visibility: stored.isPrivate ? 'private' : 'public',
    owner: user(urls, stored.owner),
    html_url: html,
    description: null,
    fork: stored.parent !== undefined,
    url,
    ...links,
    git_url: `git://${html.replace(/^\w+:\/\//, '')}.git`,
    ssh_url: `git@github.com:${stored.fullName}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    topics: [],
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    size: 1,
    default_branch: stored.defaultBranch,
    open_issues: open,
    open_issues_count: open,
    is_template: false,
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    archived: false,
    disabled: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    pushed_at: time(stored.createdAt),
    created_at: time(stored.createdAt),
    updated_at: time(stored.createdAt),
  };
}

/** What `GET /repos/…` answers. Merge settings show only to whoever may write here. */
export function fullRepository(urls: Urls, stored: StoredRepository, role: Role) {
  const { settings } = stored;
  const rank = ['none', 'read', 'triage', 'write', 'maintain', 'admin'].indexOf(role);
  const writes = rank >= 3;
  return {
    ...repository(urls, stored),
    network_count: 0,
    subscribers_count: 0,
    permissions: {
      admin: rank >= 5,
      maintain: rank >= 4,
      push: writes,
      triage: rank >= 2,
      pull: rank >= 1,
    },
    ...(writes
      ? {
          allow_auto_merge: settings.allowAutoMerge,
          delete_branch_on_merge: settings.deleteBranchOnMerge,
          allow_merge_commit: settings.mergeMethods.includes('merge'),
          allow_squash_merge: settings.mergeMethods.includes('squash'),
          allow_rebase_merge: settings.mergeMethods.includes('rebase'),
        }
      : {}),
    ...(stored.parent === undefined
      ? {}
      : { parent: repository(urls, stored.parent), source: repository(urls, stored.parent) }),
  };
}
