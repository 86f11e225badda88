import type { Repository } from './repository.ts';
import type { GitHub } from './server.ts';
import { comment as commentShape, issue as issueShape } from './shape/issue.ts';
import { fullPull } from './shape/pull.ts';
import { repository as repositoryShape } from './shape/repository.ts';
import type { Urls } from './shape/urls.ts';
import { user as userShape } from './shape/user.ts';
import { mergeability } from './state/merge.ts';
import { followHead } from './state/pulls.ts';

/** An event as a workflow run gets it: its payload, and what the run is started on. */
export interface Trigger {
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly repository: Repository;
  readonly sha: string;
  /** `refs/heads/main`, or `refs/pull/1/merge`. */
  readonly ref: string;
  readonly actor: string;
  /** Only a pull request's. */
  readonly pull?: { readonly number: number; readonly head: string; readonly base: string };
}

function urlsOf({ apiUrl, url }: GitHub): Urls {
  return { api: apiUrl, web: url };
}

/** What every payload carries. */
function common(github: GitHub, { stored }: Repository, actor: string) {
  const urls = urlsOf(github);
  return {
    repository: repositoryShape(urls, stored),
    organization: { login: stored.owner.login, id: stored.owner.id },
    sender: userShape(urls, stored.world.account(actor)),
  };
}

/** Schedules, comments and dispatches run on the default branch, whatever they are about. */
async function onDefaultBranch(repository: Repository) {
  const sha = await repository.head();
  if (sha === undefined) throw new Error(`${repository.name} has no ${repository.defaultBranch}`);
  return { repository, sha, ref: `refs/heads/${repository.defaultBranch}` };
}

/** A pull request's runs are on a merge that GitHub made for the purpose; none where it conflicts. */
export async function pullRequestEvent(
  github: GitHub,
  repository: Repository,
  number: number,
  action: 'opened' | 'synchronize' | 'reopened' | 'closed' | 'edited' = 'opened',
): Promise<Trigger> {
  const { stored } = repository;
  const issue = stored.pull(number);
  if (issue === undefined) throw new Error(`${repository.name} has no pull request #${number}`);
  await followHead(stored, issue);
  const { merge } = await mergeability(stored, issue);
  const sha = merge ?? issue.pull.mergeCommit;
  if (sha == null) throw new Error(`#${number} conflicts: GitHub starts no run`);
  const actor = issue.user.login;
  return {
    event: 'pull_request',
    repository,
    sha,
    ref: `refs/pull/${number}/merge`,
    actor,
    pull: { number, head: issue.pull.headRef, base: issue.pull.baseRef },
    payload: {
      action,
      number,
      pull_request: await fullPull(urlsOf(github), stored, issue),
      ...common(github, repository, actor),
    },
  };
}

/** The sender is whoever wrote or edited; by default the comment's author. */
export async function issueCommentEvent(
  github: GitHub,
  repository: Repository,
  id: number,
  options: {
    readonly action?: 'created' | 'edited' | 'deleted';
    readonly sender?: string;
    readonly before?: string;
  } = {},
): Promise<Trigger> {
  const { action = 'created', before = '' } = options;
  const { stored } = repository;
  const comment = stored.comments.find((candidate) => candidate.id === id);
  const issue = comment && stored.issues.get(comment.on);
  if (comment === undefined || issue === undefined) throw new Error(`no comment ${id}`);
  const urls = urlsOf(github);
  const actor = options.sender ?? comment.user.login;
  return {
    ...(await onDefaultBranch(repository)),
    event: 'issue_comment',
    actor,
    payload: {
      action,
      ...(action === 'edited' ? { changes: { body: { from: before } } } : {}),
      issue: issueShape(urls, stored, issue),
      comment: commentShape(urls, stored, comment),
      ...common(github, repository, actor),
    },
  };
}

/** A push that has already happened: `after` is the branch as it is unless given. */
export async function pushEvent(
  github: GitHub,
  repository: Repository,
  options: {
    readonly before: string;
    readonly after?: string;
    readonly branch?: string;
    readonly user?: string;
  },
): Promise<Trigger> {
  const { before, branch = repository.defaultBranch, user = 'ada' } = options;
  const after = options.after ?? (await repository.head(branch)) ?? '';
  const { git } = repository.stored;
  const ids = await git.log(after, [`^${before}`, '--reverse']);
  const commits = await Promise.all(
    ids.map(async (id) => {
      const status = await repository.git(
        'diff-tree',
        '-r',
        '--root',
        '--no-commit-id',
        '--name-status',
        id,
      );
      const lines = status.split('\n').map((line) => line.split('\t'));
      const paths = (letter: string) =>
        lines.filter(([kind]) => kind === letter).map(([, path]) => path);
      const commit = await git.commit(id);
      return {
        id,
        tree_id: commit?.tree,
        distinct: true,
        message: commit?.message,
        timestamp: new Date(commit?.committer.at ?? 0).toISOString(),
        url: `${github.url}/${repository.name}/commit/${id}`,
        author: { name: commit?.author.name, email: commit?.author.email },
        committer: { name: commit?.committer.name, email: commit?.committer.email },
        added: paths('A'),
        removed: paths('D'),
        modified: paths('M'),
      };
    }),
  );
  return {
    event: 'push',
    repository,
    sha: after,
    ref: `refs/heads/${branch}`,
    actor: user,
    payload: {
      ref: `refs/heads/${branch}`,
      before,
      after,
      base_ref: null,
      created: /^0+$/.test(before),
      deleted: false,
      forced: false,
      compare: `${github.url}/${repository.name}/compare/${before}...${after}`,
      commits,
      head_commit: commits.at(-1) ?? null,
      pusher: { name: user, email: `${user}@users.noreply.github.com` },
      ...common(github, repository, user),
    },
  };
}

export async function scheduleEvent(
  github: GitHub,
  repository: Repository,
  cron = '*/5 * * * *',
): Promise<Trigger> {
  // Nobody set it off; GitHub names whoever last touched the workflow's schedule.
  const { sender: _, ...rest } = common(github, repository, 'ada');
  return {
    ...(await onDefaultBranch(repository)),
    event: 'schedule',
    actor: 'ada',
    payload: { schedule: cron, workflow: '.github/workflows/sluice.yml', ...rest },
  };
}

export async function workflowDispatchEvent(
  github: GitHub,
  repository: Repository,
  options: {
    readonly inputs?: Readonly<Record<string, string>>;
    readonly branch?: string;
    readonly user?: string;
  } = {},
): Promise<Trigger> {
  const { inputs = {}, branch = repository.defaultBranch, user = 'ada' } = options;
  const ref = `refs/heads/${branch}`;
  return {
    event: 'workflow_dispatch',
    repository,
    sha: (await repository.head(branch)) ?? '',
    ref,
    actor: user,
    payload: {
      inputs,
      ref,
      workflow: '.github/workflows/sluice.yml',
      ...common(github, repository, user),
    },
  };
}

export async function repositoryDispatchEvent(
  github: GitHub,
  repository: Repository,
  options: {
    readonly type: string;
    readonly payload?: Readonly<Record<string, unknown>>;
    readonly user?: string;
  },
): Promise<Trigger> {
  const { type, payload = {}, user = 'ada' } = options;
  return {
    ...(await onDefaultBranch(repository)),
    event: 'repository_dispatch',
    actor: user,
    payload: {
      action: type,
      branch: repository.defaultBranch,
      client_payload: payload,
      ...common(github, repository, user),
    },
  };
}
