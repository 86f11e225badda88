import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  issueCommentEvent,
  pullRequestEvent,
  pushEvent,
  repositoryDispatchEvent,
  scheduleEvent,
  type Trigger,
  workflowDispatchEvent,
} from './events.ts';
import type { Repository } from './repository.ts';
import { parseCommandFile } from './runner/command-file.ts';
import { readLog } from './runner/log.ts';
import { runAction } from './runner.ts';
import { type GitHub, startGitHub } from './server.ts';

let github: GitHub;
let repository: Repository;
let folder: string;
let main: string;

/** An action that says everything about its surroundings. */
const ACTION = `
import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
const event = JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH, 'utf8'));
const has = existsSync('.git');
const git = (...args) => has ? execFileSync('git', args, { encoding: 'utf8' }).trim() : '';
const about = {
  event: event.action ?? null,
  inputs: Object.keys(process.env).filter((name) => name.startsWith('INPUT_')).sort(),
  token: process.env.INPUT_TOKEN,
  files: readdirSync('.').filter((name) => name !== '.git').sort(),
  head: git('rev-parse', 'HEAD'),
  depth: git('rev-list', '--count', 'HEAD'),
  ref: process.env.GITHUB_REF_NAME,
  sha: process.env.GITHUB_SHA,
};
const answer = await fetch(process.env.GITHUB_API_URL + '/repos/' + process.env.GITHUB_REPOSITORY, {
  headers: { authorization: 'Bearer ' + process.env.INPUT_TOKEN },
});
appendFileSync(process.env.GITHUB_OUTPUT, 'about<<EOF_1\\n' + JSON.stringify({ ...about, status: answer.status }) + '\\nEOF_1\\n');
appendFileSync(process.env.GITHUB_STEP_SUMMARY, '# Done');
console.log('::add-mask::hush');
console.log('say hush ' + process.env.INPUT_TOKEN);
console.log('::error file=a.yaml,line=3,title=A%3A B::one%0Atwo');
process.exitCode = 3;
`;

beforeEach(async () => {
  github = await startGitHub();
  repository = await github.createRepository('acme/shop', { files: { a: '1' } });
  folder = await mkdtemp(join(tmpdir(), 'action-'));
  main = join(folder, 'dist/main.mjs');
  await mkdir(join(folder, 'dist'));
  await writeFile(main, ACTION);
  await writeFile(
    join(folder, 'action.yml'),
    `inputs:
  token: {default: '\${{ github.token }}'}
  dry-run: {default: 'false'}
  two words: {}
`,
  );
});

afterEach(async () => {
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(trigger: Trigger, options: object = {}) {
  const token = github.token({ kind: 'actions', repository });
  const ran = await runAction(github, {
    ...trigger,
    token,
    main,
    nodePath: process.execPath,
    ...options,
  });
  return { ...ran, token, about: JSON.parse(ran.outputs.about ?? '{}') };
}

describe('a run', () => {
  it('finds its inputs, its checkout, its event and GitHub, and is read as the runner reads it', async () => {
    await repository.commit({ files: { b: '2' } });
    const ran = await run(await scheduleEvent(github, repository));
    expect(ran.about).toEqual({
      event: null,
      inputs: ['INPUT_DRY-RUN', 'INPUT_TOKEN', 'INPUT_TWO_WORDS'],
      token: ran.token,
      files: ['a', 'b'],
      head: await repository.head(),
      depth: '1',
      ref: 'main',
      sha: await repository.head(),
      status: 200,
    });
    expect(ran).toMatchObject({ code: 3, stderr: '', summary: '# Done' });
    expect(ran.annotations).toEqual([
      {
        level: 'error',
        message: 'one\ntwo',
        properties: { file: 'a.yaml', line: '3', title: 'A: B' },
      },
    ]);
    expect(ran.log).toContain('say *** ***');
    expect(ran.log).not.toContain('hush');
  });

  it('of a pull request is on a merge with the base, or on its head where asked', async () => {
    const number = await repository.openPullRequest({
      head: 'topic',
      user: 'mallory',
      fork: true,
      files: { t: '1' },
    });
    await repository.commit({ files: { later: '1' } });
    const trigger = await pullRequestEvent(github, repository, number);
    const merge = await run(trigger);
    expect(merge.about).toMatchObject({
      event: 'opened',
      files: ['a', 'later', 't'],
      ref: `${number}/merge`,
      head: trigger.sha,
    });
    const onHead = await run(trigger, { checkout: 'head' });
    expect(onHead.about).toMatchObject({
      files: ['a', 't'],
      head: repository.pull(number).headSha,
    });
    const bare = await run(trigger, { checkout: 'none' });
    expect(bare.about).toMatchObject({ files: [], head: '' });
  });

  it('that does not end is stopped', async () => {
    await writeFile(main, 'setInterval(() => {}, 1000);');
    const late = run(await scheduleEvent(github, repository), { timeoutMs: 300 });
    await expect(late).rejects.toThrow('still running after 300 ms');
  });
});

describe('events', () => {
  it('carry what GitHub puts into them', async () => {
    const before = (await repository.head()) ?? '';
    const after = await repository.commit({ files: { 'rollouts/x.yaml': 'x', a: null } });
    const push = await pushEvent(github, repository, { before });
    expect(push.payload).toMatchObject({
      before,
      after,
      commits: [{ id: after, added: ['rollouts/x.yaml'], removed: ['a'], modified: [] }],
    });
    const number = repository.openIssue({ title: 'I' });
    const id = repository.comment(number, { user: 'grace', body: '/rollout pause x' });
    const comment = await issueCommentEvent(github, repository, id, {
      action: 'edited',
      sender: 'ada',
      before: 'old',
    });
    expect(comment).toMatchObject({ sha: after, ref: 'refs/heads/main', actor: 'ada' });
    expect(comment.payload).toMatchObject({
      action: 'edited',
      changes: { body: { from: 'old' } },
      comment: { body: '/rollout pause x', user: { login: 'grace' } },
      issue: { number },
      sender: { login: 'ada' },
    });
    const dispatch = await workflowDispatchEvent(github, repository, { inputs: { flag: 'x' } });
    expect(dispatch.payload).toMatchObject({ inputs: { flag: 'x' }, ref: 'refs/heads/main' });
    const sent = await repositoryDispatchEvent(github, repository, { type: 'tick' });
    expect(sent.payload).toMatchObject({ action: 'tick', client_payload: {} });
  });
});

describe('what an action wrote', () => {
  it('is read with delimiters and without, and refused where the runner would', () => {
    expect(parseCommandFile('a=b=c\nd<<X\none=two\n\nX\n')).toEqual({ a: 'b=c', d: 'one=two\n' });
    expect(() => parseCommandFile('d<<X\nno end\n')).toThrow('no end');
    expect(() => parseCommandFile('forged\n')).toThrow('refuses');
  });

  it('runs no commands while they are stopped', () => {
    const log = readLog('::stop-commands::tok\n::error::no\n::tok::\n::warning::yes\n');
    expect(log.annotations).toEqual([{ level: 'warning', message: 'yes', properties: {} }]);
    expect(log.text).toContain('::error::no');
  });
});
