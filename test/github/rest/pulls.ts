import { diff } from '../git/diff.ts';
import { changedFile } from '../shape/git.ts';
import { fullPull, simplePull } from '../shape/pull.ts';
import { announce } from '../state/announce.ts';
import { closeIssue, longestBody } from '../state/issues.ts';
import { mergePull } from '../state/merge.ts';
import { openPull } from '../state/open-pull.ts';
import { followHead, refusesReopening } from '../state/pulls.ts';
import { invalid, notFound, RequestError } from '../state/refusal.ts';
import type { PullIssue } from '../state/repository.ts';
import { created, type Input, ok, type RepositoryCall, reads, writes } from './call.ts';
import { ordered } from './issues.ts';
import { page } from './page.ts';

/** A pull request lists this many files at most, whatever it changes. */
const MOST_FILES = 3000;

const list = reads<Input<'pulls', 'list'>>(['pull_requests', 'read'], async (call, input) => {
  const { repository, urls } = call;
  const state = input.state ?? 'open';
  const found = repository.pulls().filter(
    (issue) =>
      (state === 'all' || issue.state === state) &&
      (input.base === undefined || issue.pull.baseRef === input.base) &&
      // Without an owner in front GitHub takes no notice of `head` at all.
      (input.head?.includes(':') !== true ||
        `${issue.pull.headOwner}:${issue.pull.headRef}`.toLowerCase() === input.head.toLowerCase()),
  );
  await Promise.all(found.map((issue) => current(call, issue)));
  const sort = input.sort ?? 'created';
  const direction = input.direction ?? (sort === 'created' ? 'desc' : 'asc');
  return page(call, input, ordered(found, sort, direction), (issue) =>
    simplePull(urls, repository, issue),
  );
});

const get = reads<Input<'pulls', 'get'>>(['pull_requests', 'read'], async (call, input) =>
  ok(await full(call, one(call, input.pull_number))),
);

const create = writes<Input<'pulls', 'create'>>(['pull_requests', 'write'], async (call, input) => {
  const { repository, actor } = call;
  if (input.title === undefined) {
    throw invalid({ resource: 'PullRequest', field: 'title', code: 'missing_field' });
  }
  const issue = await openPull(repository, actor, {
    head: input.head,
    base: input.base,
    title: input.title,
    body: input.body ?? null,
    draft: input.draft ?? false,
    maintainerCanModify: input.maintainer_can_modify ?? true,
  });
  return created(await full(call, issue));
});

const update = writes<Input<'pulls', 'update'>>(['pull_requests', 'write'], async (call, input) => {
  const { repository, actor, world } = call;
  const issue = one(call, input.pull_number);
  const { pull } = issue;
  if (input.title !== undefined) issue.title = input.title;
  if (input.body !== undefined) issue.body = longestBody(input.body);
  if (input.base !== undefined) {
    const base = await repository.git.ref(`refs/heads/${input.base}`);
    if (base === undefined) {
      throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
    }
    Object.assign(pull, { baseRef: input.base, baseSha: base.oid });
  }
  if (input.state !== undefined && input.state !== issue.state) {
    const reopened = input.state === 'open';
    if (reopened) {
      const obstacle = await refusesReopening(repository, issue);
      if (obstacle !== undefined) {
        const message = `state cannot be changed. ${obstacle}`.trim();
        throw invalid({ resource: 'PullRequest', code: 'invalid', field: 'state', message });
      }
      Object.assign(issue, { state: 'open', closedAt: null });
    } else {
      closeIssue(issue, actor, world.now());
      pull.autoMerge = null;
    }
    announce(repository, actor, {
      event: 'pull_request',
      action: reopened ? 'reopened' : 'closed',
      number: issue.number,
      sha: pull.headSha,
    });
  }
  issue.updatedAt = world.now();
  return ok(await full(call, issue));
});

const merge = writes<Input<'pulls', 'merge'>>(['contents', 'write'], async (call, input) => {
  const { repository, actor } = call;
  const issue = one(call, input.pull_number);
  const merged = await mergePull(repository, issue, actor, {
    method: input.merge_method ?? 'merge',
    sha: input.sha,
    title: input.commit_title,
    message: input.commit_message,
  });
  if (merged.kind === 'refused') throw new RequestError(405, merged.message);
  if (merged.kind === 'moved') {
    throw new RequestError(409, 'Head branch was modified. Review and try the merge again.');
  }
  return ok({ sha: merged.sha, merged: true, message: 'Pull Request successfully merged' });
});

const listFiles = reads<Input<'pulls', 'listFiles'>>(
  ['pull_requests', 'read'],
  async (call, input) => {
    const { repository, urls } = call;
    const issue = await current(call, one(call, input.pull_number));
    const { baseSha, headSha } = issue.pull;
    const base = (await repository.git.mergeBase(baseSha, headSha)) ?? baseSha;
    const files = await diff(repository.git, base, headSha);
    return page(call, input, files.slice(0, MOST_FILES), (file) =>
      changedFile(urls, repository, headSha, file),
    );
  },
);

const requestReviewers = writes<Input<'pulls', 'requestReviewers'>>(
  ['pull_requests', 'write'],
  (call, input) => {
    const { repository, urls, world } = call;
    const issue = one(call, input.pull_number);
    for (const login of input.reviewers ?? []) {
      if (login.toLowerCase() === issue.user.login.toLowerCase()) {
        throw new RequestError(422, 'Review cannot be requested from pull request author.');
      }
      if (!repository.roles.has(login.toLowerCase())) throw unknownReviewer();
    }
    for (const slug of input.team_reviewers ?? []) {
      if (!world.teams.has(`${repository.owner.login}/${slug}`.toLowerCase())) {
        throw unknownReviewer();
      }
    }
    issue.pull.reviewers = merged(issue.pull.reviewers, input.reviewers);
    issue.pull.teamReviewers = merged(issue.pull.teamReviewers, input.team_reviewers);
    return created(simplePull(urls, repository, issue));
  },
);

function unknownReviewer(): RequestError {
  return new RequestError(
    422,
    'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.',
  );
}

function merged(known: readonly string[], more: readonly string[] | undefined): string[] {
  return [...new Set([...known, ...(more ?? [])])];
}

function one({ repository }: RepositoryCall, number: number): PullIssue {
  const issue = repository.pull(number);
  if (issue === undefined) throw notFound();
  return issue;
}

/** An open pull request shows its branch as it is now, however that was changed. */
async function current({ repository }: RepositoryCall, issue: PullIssue): Promise<PullIssue> {
  if (issue.state === 'open') await followHead(repository, issue);
  return issue;
}

async function full(call: RepositoryCall, issue: PullIssue) {
  return fullPull(call.urls, call.repository, await current(call, issue));
}

export const PULL_OPERATIONS = {
  'pulls/list': list,
  'pulls/get': get,
  'pulls/create': create,
  'pulls/update': update,
  'pulls/merge': merge,
  'pulls/list-files': listFiles,
  'pulls/request-reviewers': requestReviewers,
};
