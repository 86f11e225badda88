import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { expectCalm, expectCalmAction } from '../corpus/clean.ts';
import type { Ran } from '../github/runner.ts';
import { runWithinLimit } from './cpu.ts';
import { openDesk } from './desk.ts';
import { ago, CONFIG, flag, inStage, metrics, openShop, type RunOptions } from './shop.ts';

/**
 * Something hostile that is in a repository, or arrives there. Beside it, at either door, a review
 * and a tick end, the tick takes back a flag that breaches its limit, and `/rollout kill` switches
 * another one off: each within two seconds of processor time.
 */
export interface Hostile {
  /** What it is, for the title of the test. */
  readonly name: string;
  /**
   * Files that come in a pull request, are reviewed there and are then merged: rollout files, target
   * files, recordings, a config that is not valid.
   */
  readonly files?: Readonly<Record<string, string>>;
  /** Files that are only reviewed. */
  readonly proposed?: Readonly<Record<string, string>>;
  /** What becomes of the config, which stays valid. */
  readonly config?: (text: string) => string;
  /** A comment of a person who may kill. */
  readonly comment?: string;
  /** What the metrics host answers when flag `asking` is measured. */
  readonly answer?: string;
  /** The code that a review ends with; any, unless given. */
  readonly reviewed?: 0 | 1 | 2;
}

/** Flags beside the hostile input: one to be killed, and one that breaches its limit. */
const HEALTHY = 'rollouts/healthy.yaml';
const SICK = 'rollouts/sick.yaml';
const ASKING = 'rollouts/asking.yaml';

const KILL = '/rollout kill healthy It misbehaves';

/** A run that does not end by itself is ended after this long, however busy the machine is. */
const PATIENCE = 380_000;

/** Serves one answer to everyone who asks, for as long as it is needed. */
async function serving<T>(answer: string, use: (port: number) => Promise<T>): Promise<T> {
  const host = createServer((request, response) => {
    request.resume().once('end', () => response.end(answer));
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  try {
    return await use((host.address() as AddressInfo).port);
  } finally {
    host.closeAllConnections();
    host.close();
  }
}

function repositoryOf({ config = (text) => text, answer }: Hostile, port: number) {
  const asked = `  host: {type: prometheus, url: 'http://127.0.0.1:${port}', timeout: 20s}\n`;
  const metric = '  strange: {provider: host, query: up, limits: {max: 1}}\n';
  const text = CONFIG.replace('metrics:\n', `${asked}metrics:\n${metric}`).replace(
    'errors: {',
    'errors: {provider: recorded, ',
  );
  return {
    '.github/sluice.yml': config(text),
    'metrics.csv': metrics({ healthy: 0.002, sick: 0.2 }),
    [HEALTHY]: flag('healthy', inStage('quarter', 30)),
    [SICK]: flag('sick', inStage('quarter', 30), 'rollback: {via: commit}\n'),
    ...(answer === undefined
      ? {}
      : {
          [ASKING]: flag('asking', inStage('quarter', 30)).replace('[errors]', '[strange]'),
        }),
  };
}

/** At the terminal, on a local repository. */
export const survivesAtTerminal = (hostile: Hostile): Promise<void> =>
  serving(hostile.answer ?? '', async (port) => {
    const { name, files = {}, proposed = {}, comment, reviewed } = hostile;
    const desk = await openDesk(ago(40), repositoryOf(hostile, port));
    const run = (...args: readonly string[]) =>
      runWithinLimit(`${name}: ${args[0]}`, async (env) => {
        const more = { env, killAfter: PATIENCE };
        const ran = await desk.show(new Date().toISOString(), args, more);
        expectCalm(ran, `${name}: ${args[0]}`);
        return ran;
      });

    for (const [path, text] of Object.entries({ ...files, ...proposed })) {
      await desk.repo.write(path, text);
    }
    const review = await run('validate', '--json');
    expect(review.code).toBe(reviewed ?? review.code);
    for (const path of Object.keys(proposed)) {
      // One that was there before is put back, any other goes.
      await desk.repo.git('clean', '-fdq', '--', path);
      if ((await desk.repo.git('ls-files', '--', path)) !== '') {
        await desk.repo.git('checkout', '-q', '--', path);
      }
    }
    if (Object.keys(files).length > 0) await desk.repo.commitAll('Hostile');

    const tick = await run('reconcile', '--json');
    expect(await desk.status(SICK), tick.stdout.slice(0, 2_000)).toMatchObject({
      phase: 'rolled-back',
    });
    if (comment !== undefined) await run('respond', comment, '--as', 'ada');
    const kill = await run('respond', KILL, '--as', 'ada');
    expect(await desk.file(HEALTHY), kill.stdout + kill.stderr).toMatch(/^kill: true$/m);
  });

/** At the Action, on a GitHub. */
export const survivesAtAction = (hostile: Hostile): Promise<void> =>
  serving(hostile.answer ?? '', async (port) => {
    const { name, files = {}, proposed = {}, comment, reviewed } = hostile;
    const { repository, ...shop } = await openShop(repositoryOf(hostile, port));
    const run = (what: string, how: (more: RunOptions) => Promise<Ran>) =>
      runWithinLimit(`${name}: ${what}`, async (env) => {
        const ran = await how({ env, timeoutMs: PATIENCE });
        expectCalmAction(ran, `${name}: ${what}`);
        return ran;
      });
    const pull = (head: string, some: Hostile['files']) =>
      repository.openPullRequest({ head, files: { 'README.md': 'Ours\n', ...some } });

    const all = await pull('all', { ...files, ...proposed });
    const review = await run('review', (more) => shop.review(all, more));
    expect(review.code).toBe(reviewed ?? review.code);
    if (Object.keys(files).length > 0)
      await repository.mergePullRequest(await pull('files', files));

    const tick = await run('tick', shop.tick);
    expect((await repository.files())[SICK], tick.log.slice(0, 2_000)).toMatch(
      /phase: rolled-back/,
    );
    const issue = repository.openIssue({ title: 'Talk' });
    const say = (what: string, body: string) =>
      run(what, (more) => shop.say(issue, 'ada', body, more));
    if (comment !== undefined) await say('comment', comment);
    const kill = await say('kill', KILL);
    expect((await repository.files())[HEALTHY], kill.log).toMatch(/^kill: true$/m);
  });
