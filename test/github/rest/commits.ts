import { diff, EMPTY_TREE } from '../git/diff.ts';
import { changedFile, commit, type StoredCommit } from '../shape/git.ts';
import { htmlUrl, repositoryUrl } from '../shape/repository.ts';
import { notFound, RequestError } from '../state/refusal.ts';
import type { StoredRepository } from '../state/repository.ts';
import { rulesFor } from '../state/rules.ts';
import { type Input, ok, type RepositoryCall, reads } from './call.ts';
import { page } from './page.ts';
import { resolveCommit } from './resolve.ts';

const listCommits = reads<Input<'repos', 'listCommits'>>(
  ['contents', 'read'],
  async (call, input) => {
    const { repository } = call;
    const name = input.sha ?? repository.defaultBranch;
    const from = await resolveCommit(repository, name);
    if (from === undefined) throw notFound();
    const options = [
      ...(input.since === undefined ? [] : [`--since=${input.since}`]),
      ...(input.until === undefined ? [] : [`--until=${input.until}`]),
    ];
    const ids = await repository.git.log(from, options, input.path);
    const answer = page(call, input, ids, (id) => id);
    const stored = await commits(repository, answer.body as readonly string[]);
    return { ...answer, body: stored.map((one) => commit(call.urls, repository, one)) };
  },
);

const getCommit = reads<Input<'repos', 'getCommit'>>(
  ['contents', 'read'],
  async (call, { ref }) => {
    const { urls, repository } = call;
    const oid = await resolveCommit(repository, ref);
    const stored = oid === undefined ? undefined : await repository.git.commit(oid);
    if (stored === undefined) throw new RequestError(422, `No commit found for SHA: ${ref}`);
    if (call.accept.includes('vnd.github.sha')) {
      return { status: 200, body: stored.oid, type: 'application/vnd.github.sha' };
    }
    const files = await diff(repository.git, stored.parents[0] ?? EMPTY_TREE, stored.oid);
    const additions = files.reduce((total, file) => total + file.additions, 0);
    const deletions = files.reduce((total, file) => total + file.deletions, 0);
    return ok({
      ...commit(urls, repository, stored),
      stats: { additions, deletions, total: additions + deletions },
      files: files.map((file) => changedFile(urls, repository, stored.oid, file)),
    });
  },
);

/** From the merge base, as with three dots. At most 250 commits a page and 300 files. */
const compareCommits = reads<Input<'repos', 'compareCommits'>>(
  ['contents', 'read'],
  async (call, { base, head, per_page = 250, page: number = 1 }) => {
    const { repository, urls } = call;
    const { git } = repository;
    const [from, to] = await Promise.all([
      resolveCommit(repository, local(call, base)),
      resolveCommit(repository, local(call, head)),
    ]);
    const shared = from && to && (await git.mergeBase(from, to));
    if (from === undefined || to === undefined || shared === undefined) throw notFound();
    const ahead = (await git.log(to, [`^${from}`])).reverse();
    const behind = await git.log(from, [`^${to}`]);
    const shown = ahead.slice((number - 1) * per_page, number * per_page);
    const [baseCommit, mergeBase] = await commits(repository, [from, shared]);
    if (baseCommit === undefined || mergeBase === undefined) throw notFound();
    const files = number === 1 ? await diff(git, shared, to) : [];
    const html = `${htmlUrl(urls, repository)}/compare/${base}...${head}`;
    return ok({
      url: `${repositoryUrl(urls, repository)}/compare/${base}...${head}`,
      html_url: html,
      permalink_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      base_commit: commit(urls, repository, baseCommit),
      merge_base_commit: commit(urls, repository, mergeBase),
      status: status(ahead.length, behind.length),
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: (await commits(repository, shown)).map((one) => commit(urls, repository, one)),
      files: files.slice(0, 300).map((file) => changedFile(urls, repository, to, file)),
    });
  },
);

const getBranch = reads<Input<'repos', 'getBranch'>>(
  ['contents', 'read'],
  async ({ urls, repository }, { branch }) => {
    const at = await repository.visibleRef(`refs/heads/${branch}`);
    const stored = at === undefined ? undefined : await repository.git.commit(at.oid);
    if (stored === undefined) throw new RequestError(404, 'Branch not found');
    const rules = rulesFor(repository, branch);
    const url = `${repositoryUrl(urls, repository)}/branches/${branch}`;
    const contexts = rules.flatMap((rule) => rule.requiredChecks ?? []);
    return ok({
      name: branch,
      commit: commit(urls, repository, stored),
      _links: { self: url, html: `${htmlUrl(urls, repository)}/tree/${branch}` },
      protected: rules.length > 0,
      protection: {
        enabled: rules.length > 0,
        required_status_checks: {
          enforcement_level: contexts.length > 0 ? 'non_admins' : 'off',
          contexts,
          checks: contexts.map((context) => ({ context, app_id: null })),
        },
      },
      protection_url: `${url}/protection`,
    });
  },
);

/** `owner:branch` as a branch here; a fork's commits are here once it has a pull request. */
function local({ repository }: RepositoryCall, name: string): string {
  const [owner, branch] = name.split(':');
  return branch !== undefined && owner === repository.owner.login ? branch : name;
}

function status(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return 'diverged';
  if (ahead > 0) return 'ahead';
  return behind > 0 ? 'behind' : 'identical';
}

async function commits(
  repository: StoredRepository,
  ids: readonly string[],
): Promise<readonly StoredCommit[]> {
  const found = await Promise.all(ids.map((id) => repository.git.commit(id)));
  return found.filter((one) => one !== undefined);
}

export const COMMIT_OPERATIONS = {
  'repos/list-commits': listCommits,
  'repos/get-commit': getCommit,
  'repos/compare-commits': compareCommits,
  'repos/get-branch': getBranch,
};
