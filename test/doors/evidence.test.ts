import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';
import { recordFaults, recordsNamedIn } from '../support/records.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';

const SUNDAY = '2026-05-31T09:00:00Z';
const RECORD = 'rollouts/demo.evidence.json';

afterAll(closeDesks);

/** A flag in its canary, a day old on Monday, that is well until Monday at 10:00. */
async function demo(): Promise<Desk> {
  const desk = await openDesk(SUNDAY, {
    '.github/sluice.yml': REPLAY_CONFIG,
    'metrics.csv': recording(
      ['2026-05-01', 'errors demo on', 0.001],
      ['2026-05-01', 'errors demo off', 0.002],
      [june(1, '10:00'), 'errors demo on', 0.05],
    ),
    'rollouts/demo.yaml': rolloutText('demo', { status: inStage('canary', SUNDAY) }),
  });
  await desk.run(SUNDAY, 'compile');
  return desk;
}

const newest = async (desk: Desk): Promise<string> => (await desk.messages())[0] ?? '';

describe.concurrent('the evidence of a move', () => {
  it('is a file of its commit, named with its digest, from which the decision follows again', async () => {
    const desk = await demo();
    const tick = await desk.tick(june(1, '09:30'));
    expect(tick.of('demo').decision.kind).toBe('advance');
    const [named] = recordsNamedIn(await newest(desk));
    expect(named?.path).toBe(RECORD);
    expect(tick.json().commits?.[0]).toMatchObject({ moves: [{ evidence: named }] });
    expect(await recordFaults(desk.repo.git)).toEqual([]);
  });

  it('of the next move takes the place of the last one, which history has', async () => {
    const desk = await demo();
    await desk.tick(june(1, '09:30'));
    await desk.tick(june(1, '10:05'));
    const [second, first] = (await desk.messages()).map(recordsNamedIn);
    expect(second?.[0]?.path).toBe(first?.[0]?.path);
    expect(second?.[0]?.digest).not.toBe(first?.[0]?.digest);
    expect(await recordFaults(desk.repo.git)).toEqual([]);
  });

  it('is not made for what a person says, nor for a start', async () => {
    const desk = await demo();
    await desk.say(june(1, '09:10'), '/rollout kill demo too slow');
    expect(recordsNamedIn(await newest(desk))).toEqual([]);
    expect(await desk.repo.git('ls-tree', '--name-only', 'main', 'rollouts/')).not.toContain(
      'evidence',
    );
  });

  it.each<[string, (path: string) => Promise<void>, RegExp]>([
    ['has local edits', (path) => writeFile(path, 'mine\n'), /demo\.evidence\.json/],
    ['is a symbolic link', (path) => symlink('/etc/passwd', path), /symbolic link/],
  ])('whose file %s stops no rollback, and is reported', async (what, make, why) => {
    const desk = await demo();
    const start = await desk.repo.git('rev-parse', 'main');
    const path = join(desk.dir, RECORD);
    await make(path);
    if (what === 'is a symbolic link') {
      await desk.repo.commitAll('Link it', { date: Date.parse(june(1, '09:00')) });
      await desk.repo.git('update-index', '--refresh');
    }
    const tick = await desk.tick(june(1, '10:05'));
    expect(await desk.status('rollouts/demo.yaml')).toMatchObject({ phase: 'rolled-back' });
    expect(tick.json().commits).toHaveLength(1);
    expect(JSON.stringify(tick.json().failures)).toMatch(why);
    expect(tick.code).toBe(1);
    // A commit that was made without its record names one that is not there: it is not held to it.
    await desk.repo.git('update-ref', 'refs/heads/main', start);
  });
});
