import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import { closeDesks, type Desk, onDisk, openDesk } from '../support/desk.ts';
import { sluice } from '../support/program.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';
import { sampled } from '../support/sampled.ts';
import { startTraffic } from '../support/traffic.ts';

const MONDAY = june(1, '09:00');
const TUESDAY = june(2, '10:00');
const FILE = 'rollouts/demo.yaml';

const servers: Server[] = [];
afterAll(async () => {
  for (const server of servers) server.close();
  await closeDesks();
});

const HEALTHY = recording([june(1, '00:00'), 'errors demo on', 0.001]);
const BREACHED = recording([june(1, '00:00'), 'errors demo on', 0.05]);

/** A flag that is due to advance on Tuesday. */
const DEMO = {
  '.github/sluice.yml': REPLAY_CONFIG,
  'metrics.csv': HEALTHY,
  [FILE]: rolloutText('demo', { status: inStage('canary', MONDAY) }),
};

/** The same, or one to go back, by what was recorded. */
function demo(metrics: string, more: Parameters<typeof rolloutText>[1] = {}): Promise<Desk> {
  return openDesk(MONDAY, {
    ...DEMO,
    'metrics.csv': metrics,
    [FILE]: rolloutText('demo', { status: inStage('canary', MONDAY), ...more }),
  });
}

/** What was done to the flag, oldest first, by the trailers on the branch. */
async function history(desk: Desk): Promise<string[]> {
  const trailers = (await desk.messages()).toReversed().flatMap(readTrailers);
  return trailers.map(({ action, from, to }) => `${action} ${from}->${to}`);
}

/**
 * A desk whose metrics come from a server of ours: what is to happen between the reading and the
 * writing of a tick happens while it waits for an answer.
 */
async function interrupted(meanwhile: (desk: Desk, question: number) => Promise<void>) {
  const ready: { desk?: Desk } = {};
  let questions = 0;
  const server = createServer((request, response) => {
    let form = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      form += chunk;
    });
    request.once('end', async () => {
      questions += 1;
      if (ready.desk) await meanwhile(ready.desk, questions);
      const value = [Number(new URLSearchParams(form).get('time')), '0.001'];
      const data = { resultType: 'vector', result: [{ metric: {}, value }] };
      response.end(JSON.stringify({ status: 'success', data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  const desk = await openDesk(MONDAY, {
    '.github/sluice.yml': REPLAY_CONFIG.replace(
      '{type: replay, path: metrics.csv, lookback: 365d}',
      `{type: prometheus, url: 'http://127.0.0.1:${port}'}`,
    ),
    [FILE]: rolloutText('demo', { status: inStage('canary', MONDAY) }),
  });
  await desk.run(MONDAY, 'compile');
  ready.desk = desk;
  return desk;
}

const pausedBy = (text: string): string => text.replace('phase: progressing', 'phase: paused');

describe.concurrent('many ticks', () => {
  it('ten in a row at the same moment move a flag once', async () => {
    const desk = await demo(HEALTHY);
    for (let turn = 0; turn < 10; turn += 1) {
      expect((await desk.tick(TUESDAY)).code).toBe(0);
    }
    expect(await history(desk)).toEqual(['advance canary->quarter']);
    expect(await desk.count()).toBe(2);
    expect(await desk.dirt()).toBe('');
  });

  it('eight at once move a flag once', async () => {
    const desk = await demo(HEALTHY);
    const ticks = await Promise.all(Array.from({ length: 8 }, () => desk.tick(TUESDAY)));
    for (const { code, stdout, stderr } of ticks) expect(code, stdout + stderr).toBe(0);
    expect(await history(desk)).toEqual(['advance canary->quarter']);
    expect(await desk.count()).toBe(2);
    expect(await desk.dirt()).toBe('');
  });

  it('eight at once roll a flag back once', async () => {
    const desk = await demo(BREACHED, { status: inStage('quarter', MONDAY) });
    const ticks = await Promise.all(Array.from({ length: 8 }, () => desk.tick(TUESDAY)));
    for (const { code, stdout, stderr } of ticks) expect(code, stdout + stderr).toBe(0);
    expect(await history(desk)).toEqual(['rollback quarter->canary']);
    expect(await desk.dirt()).toBe('');
  });

  it('eight at once offer one revert', async () => {
    const desk = await demo(BREACHED, {
      status: inStage('quarter', MONDAY),
      more: 'rollback: {via: pull-request}',
    });
    await desk.run(MONDAY, 'compile');
    const ticks = await Promise.all(Array.from({ length: 8 }, () => desk.tick(TUESDAY)));
    for (const { code, stdout, stderr } of ticks) expect(code, stdout + stderr).toBe(0);
    const [branch = '', ...others] = await desk.reverts();
    expect(branch).toBe('rollout/revert/demo/quarter-20260601T090000Z');
    expect(others).toEqual([]);
    expect(await desk.repo.git('rev-list', '--count', `main..${branch}`)).toBe('1');
    expect(
      ticks.flatMap((tick) => tick.json().reverts).filter(({ opened }) => opened),
    ).toHaveLength(1);
    expect(await history(desk)).toEqual([]);
  });

  it('one cut off while it offers a revert, run again, has offered exactly one', async () => {
    const whole = await timeOfATick();
    for (const turn of sampled('cut while it offers', [0, 1, 2, 3, 4], 1 / 3)) {
      const desk = await demo(BREACHED, { more: 'rollback: {via: pull-request}' });
      const killAfter = Math.round(whole * (0.4 + (0.5 * turn) / 4));
      await sluice(desk.dir, ['reconcile'], { now: TUESDAY, killAfter });
      await desk.tick(TUESDAY);
      const [branch, ...others] = await desk.reverts();
      expect([branch, others]).toEqual(['rollout/revert/demo/canary-20260601T090000Z', []]);
      expect(await history(desk)).toEqual([]);
      expect(await desk.dirt(), `killed after ${killAfter} ms`).toBe('');
    }
  });

  it('one cut off at any moment, run again, has moved the flag exactly once', async () => {
    const whole = await timeOfATick();
    const turns = Array.from({ length: 15 }, (_, turn) => turn);
    for (const turn of sampled('cut at any moment', turns, 1 / 3)) {
      const desk = await demo(HEALTHY);
      // From before the first git process to after the last.
      const killAfter = Math.round(whole * (0.25 + (0.8 * turn) / 14));
      await sluice(desk.dir, ['reconcile'], { now: TUESDAY, killAfter });
      const again = await desk.tick(TUESDAY);
      expect(again.code, again.stdout + again.stderr).toBe(0);
      expect(await history(desk), `killed after ${killAfter} ms`).toEqual([
        'advance canary->quarter',
      ]);
      expect(await desk.dirt(), `killed after ${killAfter} ms`).toBe('');
      expect(await onDisk(desk, FILE)).toBe(await desk.file(FILE));
    }
  });
});

async function timeOfATick(): Promise<number> {
  const desk = await demo(HEALTHY);
  const start = performance.now();
  await desk.tick(TUESDAY);
  return performance.now() - start;
}

describe.concurrent('a person at the same time', () => {
  it('who pauses between the reading and the writing is obeyed', async () => {
    const desk = await interrupted(async (at, question) => {
      if (question > 1) return;
      await at.commit(TUESDAY, 'Wait, please', { [FILE]: pausedBy(await at.file(FILE)) });
    });
    const tick = await desk.tick(TUESDAY);
    expect(tick.code).toBe(0);
    expect(tick.of('demo')).toMatchObject({ phase: 'paused', decision: { kind: 'none' } });
    expect(await desk.status(FILE)).toMatchObject({ phase: 'paused', stage: 'canary' });
    expect(await history(desk)).toEqual([]);
    expect(await desk.target('demo')).toMatchObject({ phase: 'paused', stage: 'canary' });
  });

  it('who kills between the reading and the writing is obeyed', async () => {
    const desk = await interrupted(async (at, question) => {
      if (question === 1) expect((await at.say(TUESDAY, '/rollout kill demo')).code).toBe(0);
    });
    const tick = await desk.tick(TUESDAY);
    expect(tick.of('demo').decision.kind).toBe('kill');
    expect(await desk.target('demo')).toMatchObject({ killed: true, audiences: [] });
  });

  it('who promotes as well does not take the flag up two stages', async () => {
    const desk = await interrupted(async (at, question) => {
      if (question === 1) expect((await at.say(TUESDAY, '/rollout promote demo')).code).toBe(0);
    });
    const second = await desk.say(TUESDAY, '/rollout promote demo');
    expect(second.code).toBe(1);
    expect(second.json()).toMatchObject({
      outcome: 'refused',
      text: 'demo@production was not promoted: it moved to quarter meanwhile',
    });
    expect(await history(desk)).toEqual(['advance canary->quarter']);
  });

  it('who changes the config meanwhile has the flag decided by the new one', async () => {
    const desk = await interrupted(async (at, question) => {
      if (question > 1) return;
      const config = await at.file('.github/sluice.yml');
      const freezes = 'policy: {freezes: [{from: 2026-06-02, to: 2026-06-02}]}\n';
      await at.commit(TUESDAY, 'Freeze', { '.github/sluice.yml': config + freezes });
    });
    const tick = await desk.tick(TUESDAY);
    expect(tick.of('demo').decision).toMatchObject({ kind: 'hold', code: 'frozen' });
    expect(await history(desk)).toEqual([]);
  });

  it('who works on something else never stops a tick', async () => {
    const desk = await openDesk(MONDAY, DEMO, { bare: true });
    const traffic = startTraffic(desk.dir);
    const tick = await desk.tick(TUESDAY);
    expect(await traffic.stop()).toBeGreaterThan(1);
    expect(tick.code, tick.stdout + tick.stderr).toBe(0);
    expect(await history(desk)).toEqual(['advance canary->quarter']);
    expect(await desk.status(FILE)).toMatchObject({ stage: 'quarter' });
  });

  it('who reverts a bump keeps the flag there for a whole dwell', async () => {
    const desk = await demo(HEALTHY);
    await desk.tick(TUESDAY);
    await desk.repo.git('revert', '--no-commit', 'HEAD');
    await desk.commit(june(2, '11:00'), 'Revert "Advance demo@production to quarter"', {});
    expect(await desk.status(FILE)).toMatchObject({ stage: 'canary', since: MONDAY });
    for (const now of [june(2, '11:05'), june(2, '15:00'), june(3, '10:55')]) {
      expect((await desk.tick(now)).of('demo').decision, now).toMatchObject({
        kind: 'hold',
        code: 'dwell',
        until: june(3, '11:00'),
      });
    }
    await desk.tick(june(3, '11:05'));
    expect(await desk.status(FILE)).toMatchObject({ stage: 'quarter' });
  });

  it('who edits a check starts the clock again; who approves does not', async () => {
    const stages =
      '[{name: canary, percentage: 5, duration: 1d}, {name: quarter, percentage: 25, duration: 1d, approvals: 1}, {name: full, percentage: 100, duration: 1d}]';
    const desk = await demo(HEALTHY, { stages });
    expect((await desk.tick(TUESDAY)).of('demo').decision.code).toBe('needs-approval');
    const approved = await desk.say(june(2, '10:30'), '/rollout approve demo looks good');
    expect(approved.json()).toMatchObject({ outcome: 'done' });
    const checked = (await desk.file(FILE)).replace('[errors]', '[{metric: errors, max: 2%}]');
    const advanced = await desk.tick(june(2, '10:35'), '--dry-run');
    expect(advanced.of('demo').decision).toMatchObject({ kind: 'advance', to: 'quarter' });

    await desk.commit(june(2, '10:40'), 'More room', { [FILE]: checked });
    expect((await desk.tick(june(2, '10:45'))).of('demo').decision).toMatchObject({
      kind: 'hold',
      code: 'dwell',
      until: june(3, '10:40'),
    });
    await desk.tick(june(3, '10:40'));
    expect(await desk.status(FILE)).toMatchObject({ stage: 'quarter' });
  });
});
