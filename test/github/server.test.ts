import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Repository } from './repository.ts';
import { type GitHub, startGitHub } from './server.ts';

const execute = promisify(execFile);
const HERE = { owner: 'acme', repo: 'shop' };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

let github: GitHub;
let repository: Repository;

beforeEach(async () => {
  github = await startGitHub();
  repository = await github.createRepository('acme/shop', {
    files: { 'README.md': '# Shop\n', 'rollouts/a.yaml': 'flag: a\n', 'docs/deep/b.txt': 'b\n' },
    settings: { allowAutoMerge: true },
  });
});

afterEach(() => github.close());

function client(token: string, baseUrl = github.apiUrl): Octokit {
  return new Octokit({ auth: token, baseUrl, log: quiet });
}

function bot(): Octokit {
  return client(github.token({ kind: 'app', repository }));
}

/** The status and body of a refusal. */
async function refused(request: Promise<unknown>) {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason as { status: number; response?: { data: unknown } },
  );
  return { status: error?.status, data: error?.response?.data };
}

async function head(): Promise<string> {
  return (await repository.head()) ?? '';
}

const COMMIT = `mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid signature { isValid } author { name } } ref { name } }
}`;

/** A raw GraphQL request: its body, whatever it says. */
async function graphql(token: string, query: string, variables: object = {}) {
  const response = await fetch(github.graphqlUrl, {
    method: 'POST',
    headers: { authorization: `bearer ${token}`, 'user-agent': 'test' },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function commitInput(expectedHeadOid: string, files: Record<string, string>, branchName = 'main') {
  return {
    input: {
      branch: { repositoryNameWithOwner: 'acme/shop', branchName },
      expectedHeadOid,
      message: { headline: 'Bump', body: 'Why' },
      fileChanges: {
        additions: Object.entries(files).map(([path, text]) => ({
          path,
          contents: Buffer.from(text).toString('base64'),
        })),
      },
    },
  };
}

describe('refs', () => {
  it('are read, made once, moved forward only, and deleted', async () => {
    const { git } = bot();
    const first = await head();
    const { data } = await git.getRef({ ...HERE, ref: 'heads/main' });
    expect(data.object.sha).toBe(first);
    await git.createRef({ ...HERE, ref: 'refs/heads/a/b', sha: first });
    expect(await refused(git.createRef({ ...HERE, ref: 'refs/heads/a/b', sha: first }))).toEqual({
      status: 422,
      data: expect.objectContaining({ message: 'Reference already exists', status: '422' }),
    });
    const second = await repository.commit({ files: { x: '1' } });
    await git.updateRef({ ...HERE, ref: 'heads/a/b', sha: second, force: false });
    const back = git.updateRef({ ...HERE, ref: 'heads/a/b', sha: first, force: false });
    expect(await refused(back)).toMatchObject({
      status: 422,
      data: { message: 'Update is not a fast forward' },
    });
    const matching = await git.listMatchingRefs({ ...HERE, ref: 'heads/a/' });
    expect(matching.data.map(({ ref }) => ref)).toEqual(['refs/heads/a/b']);
    await git.deleteRef({ ...HERE, ref: 'heads/a/b' });
    expect(await refused(git.getRef({ ...HERE, ref: 'heads/a/b' }))).toMatchObject({ status: 404 });
  });

  it('may be read as they were a moment ago', async () => {
    const { git } = bot();
    const before = await head();
    repository.lagReads(1);
    const after = await repository.commit({ files: { x: '1' } });
    const read = async () => (await git.getRef({ ...HERE, ref: 'heads/main' })).data.object.sha;
    expect([await read(), await read()]).toEqual([before, after]);
  });
});

describe('objects', () => {
  it('make a commit the REST way, verified where author and committer are left out', async () => {
    const { git } = bot();
    const parent = await head();
    const base = (await git.getCommit({ ...HERE, commit_sha: parent })).data.tree.sha;
    const blob = await git.createBlob({ ...HERE, content: 'aGk=', encoding: 'base64' });
    const tree = await git.createTree({
      ...HERE,
      base_tree: base,
      tree: [
        { path: 'hi', mode: '100644', type: 'blob', sha: blob.data.sha },
        { path: 'docs/deep/b.txt', mode: '100644', type: 'blob', sha: null },
        { path: 'new/file', mode: '100755', type: 'blob', content: 'text' },
      ],
    });
    const commit = await git.createCommit({
      ...HERE,
      message: 'Three files',
      tree: tree.data.sha,
      parents: [parent],
    });
    expect(commit.data.verification).toMatchObject({ verified: true, reason: 'valid' });
    await git.updateRef({ ...HERE, ref: 'heads/main', sha: commit.data.sha });
    const files = await repository.files();
    expect(files).toMatchObject({ hi: 'hi', 'new/file': 'text' });
    expect(files).not.toHaveProperty('docs/deep/b.txt');
    const all = await git.getTree({ ...HERE, tree_sha: 'main', recursive: '1' });
    expect(all.data.tree.map(({ path, mode }) => `${mode} ${path}`)).toContain('100755 new/file');
    const read = await git.getBlob({ ...HERE, file_sha: blob.data.sha });
    expect(Buffer.from(read.data.content, 'base64').toString()).toBe('hi');
  });

  it('are read as contents: file, folder, raw, missing', async () => {
    const { repos } = bot();
    const file = await repos.getContent({ ...HERE, path: 'README.md' });
    expect(file.data).toMatchObject({ type: 'file', encoding: 'base64', path: 'README.md' });
    const folder = await repos.getContent({ ...HERE, path: 'docs' });
    expect(folder.data).toMatchObject([{ type: 'dir', path: 'docs/deep' }]);
    const root = await repos.getContent({ ...HERE, path: '' });
    expect(root.data).toHaveLength(3);
    const raw = await repos.getContent({
      ...HERE,
      path: 'README.md',
      ref: 'main',
      mediaType: { format: 'raw' },
    });
    expect(raw.data).toBe('# Shop\n');
    expect(await refused(repos.getContent({ ...HERE, path: 'no' }))).toMatchObject({ status: 404 });
  });

  it('are listed and compared as commits', async () => {
    const { repos } = bot();
    const first = await head();
    const second = await repository.commit({ files: { 'rollouts/a.yaml': 'flag: b\n' } });
    await repository.commit({ files: { other: 'x' } });
    const touched = await repos.listCommits({ ...HERE, path: 'rollouts/a.yaml', per_page: 1 });
    expect(touched.data.map(({ sha }) => sha)).toEqual([second]);
    expect(touched.headers.link).toContain('rel="next"');
    const compared = await repos.compareCommits({ ...HERE, base: first, head: 'main' });
    expect(compared.data).toMatchObject({ status: 'ahead', ahead_by: 2 });
    expect(compared.data.files?.map(({ filename }) => filename)).toEqual([
      'other',
      'rollouts/a.yaml',
    ]);
    const one = await repos.getCommit({ ...HERE, ref: second });
    expect(one.data.files).toMatchObject([{ status: 'modified', additions: 1, deletions: 1 }]);
  });
});

describe('createCommitOnBranch', () => {
  it('lets one of two with the same head through', async () => {
    const token = github.token({ kind: 'app', repository });
    const at = await head();
    const both = await Promise.all(
      ['1', '2'].map((text) => graphql(token, COMMIT, commitInput(at, { [`f${text}`]: text }))),
    );
    const [won, lost] = both.map(({ body }) => body).sort((a) => ('errors' in a ? 1 : -1));
    expect(won).toEqual({
      data: {
        createCommitOnBranch: {
          commit: {
            oid: await head(),
            signature: { isValid: true },
            author: { name: 'sluice-app[bot]' },
          },
          ref: { name: 'main' },
        },
      },
    });
    expect(lost).toEqual({
      data: { createCommitOnBranch: null },
      errors: [
        {
          type: 'STALE_DATA',
          path: ['createCommitOnBranch'],
          locations: [{ line: 2, column: 3 }],
          message: `Expected branch to point to "${at}" but it did not.  Pull and try again.`,
        },
      ],
    });
    expect(await repository.commits()).toHaveLength(2);
  });

  it('is refused where there is no branch, by protection and by rulesets', async () => {
    const token = github.token({ kind: 'app', repository });
    const at = await head();
    const attempt = async (branch?: string) => {
      const { body } = await graphql(token, COMMIT, commitInput(at, { x: '1' }, branch));
      return (body.errors as readonly { type: string; message: string }[] | undefined)?.[0];
    };
    expect(await attempt('none')).toMatchObject({ type: 'NOT_FOUND' });
    repository.protect({ requirePullRequest: true, requiredChecks: ['ci'] });
    expect(await attempt()).toMatchObject({
      type: 'BRANCH_PROTECTION_RULE_VIOLATION',
      message:
        'Changes must be made through a pull request. Required status check "ci" is expected.',
    });
    repository.unprotect();
    repository.protect({ kind: 'ruleset', requirePullRequest: true });
    expect(await attempt()).toMatchObject({
      message:
        'Repository rule violations found\n\nChanges must be made through a pull request.\n\n',
    });
    const sha = await repository.commit({ branch: 'other', files: { y: '1' } });
    const patch = bot().git.updateRef({ ...HERE, ref: 'heads/main', sha });
    expect(await refused(patch)).toMatchObject({
      status: 422,
      data: { message: expect.stringContaining('Changes must be made through a pull request.') },
    });
    repository.unprotect();
    repository.protect({ requirePullRequest: true, bypass: ['sluice-app[bot]'] });
    expect(await attempt()).toBeUndefined();
  });
});

describe('GraphQL', () => {
  it('reads a repository in one query, aliases, histories and all', async () => {
    const token = github.token({ kind: 'actions', repository });
    const first = await head();
    await repository.commit({
      files: { 'rollouts/a.yaml': 'flag: b\n' },
      message: 'Second\n\nBody',
    });
    const number = await repository.openPullRequest({ head: 'topic', files: { t: '1' } });
    const { body } = await graphql(
      token,
      `query($owner: String!, $name: String!) {
        viewer { login }
        repository(owner: $owner, name: $name) {
          defaultBranchRef { name target { oid ... on Commit {
            messageHeadline
            a: history(first: 1, path: "rollouts/a.yaml") { nodes { oid messageBody } pageInfo { hasNextPage } }
            b: history(first: 1, path: "README.md") { nodes { oid } }
          } } }
          file: object(expression: "main:rollouts/a.yaml") { ... on Blob { text byteSize isBinary } }
          old: object(expression: "${first}:rollouts/a.yaml") { ... on Blob { text } }
          folder: object(expression: "main:rollouts") { ... on Tree { entries { name path mode type object { ... on Blob { text } } } } }
          none: object(expression: "main:nope") { oid }
          topic: ref(qualifiedName: "refs/heads/topic") { target { oid } }
          pullRequests(first: 10, headRefName: "topic", states: [OPEN]) { nodes { number headRefName state comments(first: 1) { totalCount } } }
        }
      }`,
      { owner: 'acme', name: 'shop' },
    );
    const main = await head();
    expect(body).toEqual({
      data: {
        viewer: { login: 'github-actions[bot]' },
        repository: {
          defaultBranchRef: {
            name: 'main',
            target: {
              oid: main,
              messageHeadline: 'Second',
              a: { nodes: [{ oid: main, messageBody: 'Body' }], pageInfo: { hasNextPage: true } },
              b: { nodes: [{ oid: first }] },
            },
          },
          file: { text: 'flag: b\n', byteSize: 8, isBinary: false },
          old: { text: 'flag: a\n' },
          folder: {
            entries: [
              {
                name: 'a.yaml',
                path: 'a.yaml',
                mode: 33188,
                type: 'blob',
                object: { text: 'flag: b\n' },
              },
            ],
          },
          none: null,
          topic: { target: { oid: await repository.head('topic') } },
          pullRequests: {
            nodes: [{ number, headRefName: 'topic', state: 'OPEN', comments: { totalCount: 0 } }],
          },
        },
      },
    });
  });

  it('leads from branches and commits to their pull requests', async () => {
    const number = await repository.openPullRequest({ head: 'revert/a', files: { t: '1' } });
    const sha = await repository.mergePullRequest(number);
    const { body } = await graphql(
      github.token({ kind: 'app', repository }),
      `query($oid: GitObjectID!) { repository(owner: "acme", name: "shop") {
        refs(refPrefix: "refs/heads/revert/", first: 10) { nodes {
          name prefix associatedPullRequests(first: 1) { nodes { number state } }
        } }
        object(oid: $oid) { ... on Commit { associatedPullRequests(first: 1) { nodes { number } } } }
      } }`,
      { oid: sha },
    );
    expect(body.data).toMatchObject({
      repository: {
        refs: {
          nodes: [
            {
              name: 'a',
              prefix: 'refs/heads/revert/',
              associatedPullRequests: { nodes: [{ number, state: 'MERGED' }] },
            },
          ],
        },
        object: { associatedPullRequests: { nodes: [{ number }] } },
      },
    });
  });

  it('says what it cannot find, and works under the Enterprise address', async () => {
    const token = github.token({ kind: 'actions', repository });
    const octokit = client(token, github.enterprise.apiUrl);
    const error = await octokit
      .graphql('{ repository(owner: "acme", name: "none") { id } }')
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ errors: [{ type: 'NOT_FOUND', path: ['repository'] }] });
    const { data } = await octokit.repos.get(HERE);
    expect(data.url).toBe(`${github.enterprise.apiUrl}/repos/acme/shop`);
    expect(github.requests.map(({ path }) => path)).toEqual(['/api/graphql', '/repos/acme/shop']);
  });
});

describe('pull requests', () => {
  it('are opened once, listed by head, updated and merged with the expected head', async () => {
    const { pulls } = bot();
    await repository.commit({ branch: 'topic', files: { t: '1' } });
    const open = () => pulls.create({ ...HERE, head: 'topic', base: 'main', title: 'T' });
    const { data } = await open();
    expect(data).toMatchObject({
      number: 1,
      mergeable: true,
      mergeable_state: 'clean',
      commits: 1,
    });
    expect(await refused(open())).toMatchObject({
      status: 422,
      data: {
        message: 'Validation Failed',
        errors: [{ code: 'custom', message: 'A pull request already exists for acme:topic.' }],
      },
    });
    const found = await pulls.list({ ...HERE, head: 'acme:topic', base: 'main', state: 'all' });
    expect(found.data.map(({ number }) => number)).toEqual([1]);
    await pulls.update({ ...HERE, pull_number: 1, body: 'More' });
    const stale = pulls.merge({ ...HERE, pull_number: 1, sha: '0'.repeat(40) });
    expect(await refused(stale)).toMatchObject({ status: 409 });
    const merged = await pulls.merge({ ...HERE, pull_number: 1, sha: data.head.sha });
    expect(merged.data).toMatchObject({ merged: true, sha: await head() });
    expect(repository.pull(1)).toMatchObject({ merged: true, mergedBy: 'sluice-app[bot]' });
    expect(await repository.files()).toHaveProperty('t');
    expect(await refused(pulls.merge({ ...HERE, pull_number: 1 }))).toMatchObject({
      status: 405,
      data: { message: 'Pull Request is not mergeable' },
    });
  });

  it('are refused without commits, without a branch, and to Actions where the setting says so', async () => {
    const { pulls } = client(github.token({ kind: 'actions', repository }));
    const open = (name: string) =>
      refused(pulls.create({ ...HERE, head: name, base: 'main', title: 'T' }));
    await repository.setBranch('same', await head());
    expect(await open('none')).toMatchObject({
      status: 422,
      data: { errors: [{ field: 'head' }] },
    });
    expect(await open('same')).toMatchObject({
      data: { errors: [{ message: 'No commits between main and same' }] },
    });
    repository.set({ allowActionsToCreatePullRequests: false });
    expect(await open('same')).toMatchObject({
      status: 403,
      data: {
        message: 'GitHub Actions is not permitted to create or approve pull requests.',
        status: '403',
      },
    });
  });

  it('remember who closed them last, and open again while their commits are there', async () => {
    const token = github.token({ kind: 'app', repository });
    const closer = async (number: number): Promise<unknown> => {
      const { body } = await graphql(
        token,
        `query($number: Int!) { repository(owner: "acme", name: "shop") { pullRequest(number: $number) {
          timelineItems(itemTypes: [CLOSED_EVENT], last: 1) {
            nodes { ... on ClosedEvent { actor { __typename login } } }
          }
        } } }`,
        { number },
      );
      return body.data;
    };
    const closedBy = (login: string, type = 'User') => ({
      repository: {
        pullRequest: { timelineItems: { nodes: [{ actor: { __typename: type, login } }] } },
      },
    });
    const { pulls } = bot();
    const reopen = (pull_number: number) => pulls.update({ ...HERE, pull_number, state: 'open' });
    const number = await repository.openPullRequest({ head: 'topic', files: { t: '1' } });
    repository.closePullRequest(number, 'grace');
    expect(await closer(number)).toEqual(closedBy('grace'));
    expect((await reopen(number)).data.state).toBe('open');
    await pulls.update({ ...HERE, pull_number: number, state: 'closed' });
    expect(await closer(number)).toEqual(closedBy('sluice-app', 'Bot'));
    await reopen(number);
    const head = await repository.head('topic');
    await repository.setBranch('topic', undefined, 'tim');
    expect(await closer(number)).toEqual(closedBy('tim'));
    expect(await refused(reopen(number))).toMatchObject({ status: 422 });
    await repository.setBranch('topic', await repository.head());
    expect(await refused(reopen(number))).toMatchObject({
      status: 422,
      data: { errors: [{ message: expect.stringContaining('force-pushed or recreated') }] },
    });
    await repository.setBranch('topic', head);
    const twin = await repository.openPullRequest({ head: 'topic' });
    expect(await refused(reopen(number))).toMatchObject({ status: 422 });
    repository.closePullRequest(twin);
    expect((await reopen(number)).data.state).toBe('open');
  });

  it('list their files, renamed ones with the old name', async () => {
    const text = Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join('');
    await repository.commit({ files: { old: text } });
    const number = await repository.openPullRequest({
      head: 'topic',
      files: { old: null, new: `${text}more\n`, 'README.md': null },
    });
    const { data } = await bot().pulls.listFiles({ ...HERE, pull_number: number });
    expect(data).toMatchObject([
      { filename: 'README.md', status: 'removed', deletions: 1 },
      { filename: 'new', status: 'renamed', previous_filename: 'old', additions: 1 },
    ]);
    expect(data[1]?.patch).toMatch(/^@@ /);
  });

  it('wait for checks and reviews, and merge themselves when asked to', async () => {
    const token = github.token({ kind: 'app', repository });
    repository.protect({ requiredChecks: ['ci'], requiredApprovals: 1 });
    const number = await repository.openPullRequest({ head: 'topic', files: { t: '1' } });
    const { pulls } = client(token);
    const { data } = await pulls.get({ ...HERE, pull_number: number });
    expect(data.mergeable_state).toBe('blocked');
    expect(await refused(pulls.merge({ ...HERE, pull_number: number }))).toMatchObject({
      status: 405,
      data: {
        message:
          'At least 1 approving review is required by reviewers with write access. Required status check "ci" is expected.',
      },
    });
    const enable = (id: string) =>
      graphql(
        token,
        `mutation($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: SQUASH }) {
          pullRequest { autoMergeRequest { mergeMethod } } } }`,
        { id },
      );
    expect((await enable(data.node_id)).body).toEqual({
      data: {
        enablePullRequestAutoMerge: {
          pullRequest: { autoMergeRequest: { mergeMethod: 'SQUASH' } },
        },
      },
    });
    await repository.passChecks(number);
    expect(repository.pull(number).merged).toBe(false);
    await repository.approve(number, 'grace');
    expect(repository.pull(number)).toMatchObject({ merged: true, mergedBy: 'sluice-app[bot]' });

    repository.unprotect();
    const clean = await repository.openPullRequest({ head: 'clean', files: { c: '1' } });
    const other = await pulls.get({ ...HERE, pull_number: clean });
    expect((await enable(other.data.node_id)).body.errors).toMatchObject([
      { type: 'UNPROCESSABLE', message: 'Pull request Pull request is in clean status' },
    ]);
    repository.set({ allowAutoMerge: false });
    expect((await enable(other.data.node_id)).body.errors).toMatchObject([
      { message: 'Pull request Auto merge is not allowed for this repository' },
    ]);
  });

  it('are closed with their branch, and merged by a push that contains them', async () => {
    const first = await repository.openPullRequest({ head: 'a', files: { a: '1' } });
    await bot().git.deleteRef({ ...HERE, ref: 'heads/a' });
    expect(repository.pull(first)).toMatchObject({ state: 'closed', merged: false });
    const second = await repository.openPullRequest({ head: 'b', files: { b: '1' } });
    await repository.setBranch('main', await repository.head('b'));
    expect(repository.pull(second)).toMatchObject({ state: 'closed', merged: true });
  });

  it('come from forks, where GITHUB_TOKEN only reads', async () => {
    const number = await repository.openPullRequest({
      head: 'evil',
      user: 'mallory',
      fork: true,
      files: { x: '1' },
    });
    const octokit = client(github.token({ kind: 'fork', repository }));
    const { data } = await octokit.pulls.get({ ...HERE, pull_number: number });
    expect(data.head).toMatchObject({ label: 'mallory:evil', repo: { full_name: 'mallory/shop' } });
    const on = { ...HERE, issue_number: number };
    const denied = { status: 403, data: { message: 'Resource not accessible by integration' } };
    expect(await refused(octokit.issues.createComment({ ...on, body: 'b' }))).toMatchObject(denied);
    expect(await refused(octokit.issues.addLabels({ ...on, labels: ['l'] }))).toMatchObject(denied);
    expect(
      await octokit.paginate(octokit.pulls.listFiles, { ...HERE, pull_number: number }),
    ).toHaveLength(1);
  });
});

describe('issues', () => {
  it('page through 250 comments', async () => {
    const number = repository.openIssue({ title: 'Long' });
    for (let n = 0; n < 250; n++) repository.comment(number, { body: `comment ${n}` });
    const octokit = bot();
    const options = { ...HERE, issue_number: number, per_page: 100 };
    const all = await octokit.paginate(octokit.issues.listComments, options);
    expect(all).toHaveLength(250);
    expect(all.at(-1)?.body).toBe('comment 249');
    expect(github.count('issues/list-comments')).toBe(3);
  });

  it('carry comments, labels and reactions', async () => {
    const octokit = bot();
    const { data: issue } = await octokit.issues.create({ ...HERE, title: 'T', labels: ['one'] });
    const on = { ...HERE, issue_number: issue.number };
    const { data: comment } = await octokit.issues.createComment({ ...on, body: 'hello' });
    await octokit.issues.updateComment({ ...HERE, comment_id: comment.id, body: 'bye' });
    const react = () =>
      octokit.reactions.createForIssueComment({ ...HERE, comment_id: comment.id, content: 'eyes' });
    const [once, twice] = [await react(), await react()];
    expect([once.status, twice.status]).toEqual([201, 200]);
    expect(twice.data.id).toBe(once.data.id);
    expect(repository.comments(issue.number)).toEqual([
      {
        id: comment.id,
        user: 'sluice-app[bot]',
        body: 'bye',
        edited: expect.any(Boolean),
        reactions: [{ user: 'sluice-app[bot]', content: 'eyes' }],
      },
    ]);
    await octokit.reactions.deleteForIssueComment({
      ...HERE,
      comment_id: comment.id,
      reaction_id: once.data.id,
    });
    await octokit.issues.addLabels({ ...on, labels: ['two'] });
    await octokit.issues.removeLabel({ ...on, name: 'one' });
    expect(await refused(octokit.issues.removeLabel({ ...on, name: 'one' }))).toMatchObject({
      status: 404,
      data: { message: 'Label does not exist' },
    });
    await octokit.issues.update({ ...on, state: 'closed' });
    expect(repository.issues()).toMatchObject([{ labels: ['two'], state: 'closed' }]);
    const long = octokit.issues.createComment({ ...on, body: 'x'.repeat(65_537) });
    expect(await refused(long)).toMatchObject({ status: 422 });
  });
});

describe('people', () => {
  it('have permissions, folded, with the role beside them', async () => {
    repository.setPermission('mona', 'maintain');
    repository.setPermission('tess', 'triage');
    github.user('stranger');
    const { repos } = bot();
    const ask = async (username: string) => {
      const { data } = await repos.getCollaboratorPermissionLevel({ ...HERE, username });
      return [data.permission, data.role_name];
    };
    expect(await ask('mona')).toEqual(['write', 'maintain']);
    expect(await ask('tess')).toEqual(['read', 'triage']);
    expect(await ask('stranger')).toEqual(['read', 'read']);
    expect(await refused(ask('nobody'))).toMatchObject({
      status: 404,
      data: { message: 'nobody is not a user' },
    });
    const hidden = await github.createRepository('acme/hidden', { private: true });
    const { data } = await client(
      github.token({ kind: 'app', repository: hidden }),
    ).repos.getCollaboratorPermissionLevel({ owner: 'acme', repo: 'hidden', username: 'stranger' });
    expect(data.permission).toBe('none');
    expect(await refused(repos.get({ owner: 'acme', repo: 'hidden' }))).toMatchObject({
      status: 404,
    });
  });

  it('are in teams that only a token with that permission sees', async () => {
    repository.team('acme/payments', ['ada']);
    const membership = (token: string, username: string) =>
      client(token).teams.getMembershipForUserInOrg({
        org: 'acme',
        team_slug: 'payments',
        username,
      });
    const app = github.token({ kind: 'app', repository, permissions: { members: 'read' } });
    expect((await membership(app, 'ada')).data.state).toBe('active');
    expect(await refused(membership(app, 'bob'))).toMatchObject({ status: 404 });
    const actions = github.token({ kind: 'actions', repository });
    expect(await refused(membership(actions, 'ada'))).toMatchObject({ status: 403 });
  });

  it('are users; a token of an installation is not', async () => {
    const ada = client(github.token({ kind: 'user', login: 'ada' }));
    expect((await ada.users.getAuthenticated()).data.login).toBe('ada');
    const actions = client(github.token({ kind: 'actions', repository }));
    expect(await refused(actions.users.getAuthenticated())).toMatchObject({
      status: 403,
      data: { message: 'Resource not accessible by integration' },
    });
    expect(await refused(client('made-up').repos.get(HERE))).toMatchObject({
      status: 401,
      data: { message: 'Bad credentials' },
    });
  });
});

describe('workflows', () => {
  it('start for an app and for people, not for GITHUB_TOKEN, dispatches excepted', async () => {
    const actions = client(github.token({ kind: 'actions', repository }));
    const at = await head();
    await actions.git.createRef({ ...HERE, ref: 'refs/heads/a', sha: at });
    expect(repository.workflowEvents).toEqual([]);
    await actions.actions.createWorkflowDispatch({
      ...HERE,
      workflow_id: 'deploy.yml',
      ref: 'main',
    });
    await bot().git.createRef({ ...HERE, ref: 'refs/heads/b', sha: at });
    await bot().repos.createDispatchEvent({ ...HERE, event_type: 'tick' });
    expect(repository.workflowEvents).toMatchObject([
      { event: 'workflow_dispatch', by: 'actions', payload: { workflow: 'deploy.yml' } },
      { event: 'push', ref: 'refs/heads/b', by: 'app', actor: 'sluice-app[bot]' },
      { event: 'repository_dispatch', action: 'tick', by: 'app' },
    ]);
  });
});

describe('traffic', () => {
  it('fails the n-th request, delays, and says when a limit is reached', async () => {
    const token = github.token({ kind: 'actions', repository });
    const { repos } = client(token);
    github.fail({ match: 'repos/get', nth: 2, status: 502, body: { message: 'bad gateway' } });
    const ok = await repos.get(HERE);
    expect(ok.headers).toMatchObject({
      'x-ratelimit-limit': '1000',
      'x-ratelimit-remaining': '999',
      'x-ratelimit-resource': 'core',
    });
    expect(await refused(repos.get(HERE))).toMatchObject({ status: 502 });
    expect((await repos.get(HERE)).status).toBe(200);
    github.secondaryLimit({ match: /POST/, retryAfter: 7 });
    expect(await refused(client(token).issues.create({ ...HERE, title: 'x' }))).toMatchObject({
      status: 403,
    });
    github.exhaust(token);
    const spent = await fetch(`${github.apiUrl}/repos/acme/shop`, {
      headers: { authorization: `token ${token}` },
    });
    expect([spent.status, spent.headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
    const { body } = await graphql(token, '{ viewer { login } }');
    expect(body.errors).toMatchObject([{ type: 'RATE_LIMITED' }]);
  });

  it('is cut before anything happens, or after it has', async () => {
    const { issues } = bot();
    github.cut({ match: 'issues/create', when: 'before' });
    await expect(issues.create({ ...HERE, title: 'one' })).rejects.toMatchObject({ status: 500 });
    expect(repository.issues()).toEqual([]);
    github.cut({ match: 'issues/create', when: 'after' });
    await expect(issues.create({ ...HERE, title: 'two' })).rejects.toMatchObject({ status: 500 });
    expect(repository.issues()).toMatchObject([{ title: 'two' }]);
    expect(github.requests.map(({ status }) => status)).toEqual([0, 0]);
  });

  it('is held by a barrier, and changed between a read and a write by a hook', async () => {
    const token = github.token({ kind: 'app', repository });
    const at = await head();
    const barrier = github.barrier('graphql/createCommitOnBranch');
    const held = graphql(token, COMMIT, commitInput(at, { x: '1' }));
    await barrier.arrived();
    const moved = await repository.commit({ files: { y: '1' } });
    barrier.release();
    expect((await held).body.errors).toMatchObject([{ type: 'STALE_DATA' }]);
    github.on('git/get-ref', async () => {
      await repository.commit({ files: { z: '1' } });
    });
    const { data } = await bot().git.getRef({ ...HERE, ref: 'heads/main' });
    expect(data.object.sha).not.toBe(moved);
    expect(github.writes().map(({ operation }) => operation)).toEqual([
      'graphql/createCommitOnBranch',
    ]);
  });

  it('answers a conditional request for nothing', async () => {
    const token = github.token({ kind: 'actions', repository });
    const ask = (etag?: string) =>
      fetch(`${github.apiUrl}/repos/acme/shop/git/ref/heads/main`, {
        headers: {
          authorization: `Bearer ${token}`,
          ...(etag === undefined ? {} : { 'if-none-match': etag }),
        },
      });
    const first = await ask();
    const again = await ask(first.headers.get('etag') ?? '');
    expect(again.status).toBe(304);
    expect(again.headers.get('x-ratelimit-used')).toBe('1');
  });
});

describe('violations', () => {
  it('are misspelt fields, parameters, variables and GraphQL fields, and unknown requests', async () => {
    const token = github.token({ kind: 'app', repository });
    const { issues, request } = client(token);
    const misspelt = { ...HERE, title: 'x', boddy: 'y' };
    expect(await refused(issues.create(misspelt))).toMatchObject({ status: 500 });
    await refused(issues.listForRepo({ ...HERE, perpage: 3 } as typeof HERE));
    await refused(request('GET /repos/acme/shop/hooks'));
    await graphql(token, '{ viewer { logim } }');
    await graphql(token, '{ viewer { login } }', { unused: 1 });
    await graphql(token, '{ viewer { bio } }');
    const said = github.takeViolations().map(({ side, problems }) => [side, problems[0]]);
    expect(said).toEqual([
      ['request', 'body must NOT have additional properties (boddy)'],
      ['request', 'query must NOT have additional properties (perpage)'],
      ['request', 'the test server has no such operation'],
      ['request', expect.stringContaining('Cannot query field "logim"')],
      ['request', 'variable $unused is not declared'],
      ['server', 'the test server has no User.bio'],
    ]);
    expect(repository.issues()).toEqual([]);
  });

  it('fail the closing of a server', async () => {
    const other = await startGitHub();
    await fetch(`${other.apiUrl}/nonsense`);
    await expect(other.close()).rejects.toThrow('GET /nonsense');
  });
});

describe('git', () => {
  it('clones and fetches over HTTP, one commit deep, a private repository with a token only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clone-'));
    const clone = (url: string, into: string) =>
      execute('git', ['clone', '--quiet', '--depth=1', url, into], {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: folder, GIT_TERMINAL_PROMPT: '0' },
      });
    try {
      await repository.commit({ files: { second: '2' } });
      await clone(`${github.url}/acme/shop.git`, 'shop');
      expect(await readFile(join(folder, 'shop/second'), 'utf8')).toBe('2');
      const { stdout } = await execute('git', ['-C', join(folder, 'shop'), 'log', '--format=%s']);
      expect(stdout).toBe('A commit\n');
      const hidden = await github.createRepository('acme/hidden', { private: true });
      await expect(clone(`${github.url}/acme/hidden`, 'no')).rejects.toThrow();
      const token = github.token({ kind: 'actions', repository: hidden });
      const url = github.url.replace('//', `//x-access-token:${token}@`);
      await clone(`${url}/acme/hidden`, 'hidden');
      expect(github.requests).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
