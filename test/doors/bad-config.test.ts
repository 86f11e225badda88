import { readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openCompiledDesk, openDesk } from '../support/desk.ts';
import { sluice } from '../support/program.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';
import {
  closeShops,
  metrics,
  openShop,
  CONFIG as SHOP_CONFIG,
  type Shop,
  flag as shopFlag,
  inStage as since,
} from '../support/shop.ts';

const CONFIG = '.github/sluice.yml';
const BURNS = 'rollouts/burns.yaml';
const WELL = 'rollouts/well.yaml';
const SINCE = june(1, '09:00');
const NOW = june(2, '10:00');

afterAll(closeDesks);
afterAll(closeShops);

const inQuarter = (flag: string): string =>
  rolloutText(flag, { status: inStage('quarter', SINCE) });

/** Two flags at a quarter of their users for a day: one is due to go back, the other to go up. */
async function compiled(config = REPLAY_CONFIG): Promise<Desk> {
  return openCompiledDesk(SINCE, {
    [CONFIG]: config,
    'metrics.csv': recording(
      [june(1, '00:00'), 'errors burns on', 0.2],
      [june(1, '00:00'), 'errors well on', 0.001],
    ),
    [BURNS]: inQuarter('burns'),
    [WELL]: inQuarter('well'),
  });
}

/** What the target says of a flag that so many of a hundred users get. */
const share = (percentage: number) => ({ audiences: [{ weight: percentage * 1000 }] });

/** Ways in which a config can be unreadable, each committed by a person who meant well. */
const WAYS: Readonly<Record<string, (desk: Desk) => Promise<unknown>>> = {
  'an unknown key': (desk) => broken(desk, `${REPLAY_CONFIG}nonsense: 1\n`),
  'a metric without its provider': (desk) =>
    broken(
      desk,
      REPLAY_CONFIG.replace('recorded:', 'renamed:').replace(
        'errors: {',
        'errors: {provider: recorded, ',
      ),
    ),
  'the marks of a merge': (desk) => broken(desk, `<<<<<<< HEAD\n${REPLAY_CONFIG}`),
  'eight megabytes': (desk) => broken(desk, `${REPLAY_CONFIG}#${'.'.repeat(9 << 20)}\n`),
  'a pointer of Git LFS': (desk) =>
    broken(
      desk,
      `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`,
    ),
  'a link to elsewhere': async (desk) => {
    await rm(join(desk.dir, CONFIG));
    await symlink('../metrics.csv', join(desk.dir, CONFIG));
    await desk.repo.commitAll('Link the config', { date: Date.parse(june(2, '09:00')) });
  },
};

const broken = (desk: Desk, text: string): Promise<string> =>
  desk.commit(june(2, '09:00'), 'Change the config', { [CONFIG]: text });

describe.concurrent.each(Object.entries(WAYS))('a config with %s', (_, breakIt) => {
  it('lets a flag in breach go back, and no flag up', async () => {
    const desk = await compiled();
    await breakIt(desk);
    const tick = await desk.tick(NOW);
    expect(tick.code).toBe(2);
    expect(tick.json().failures.map(({ code }) => code)).toEqual(['bad-config']);
    expect(await desk.status(BURNS)).toMatchObject({ phase: 'rolled-back', stage: 'canary' });
    expect(await desk.target('burns')).toMatchObject(share(5));
    expect(tick.of('well').decision).toMatchObject({ kind: 'hold', code: 'bad-config' });
    expect(await desk.target('well')).toMatchObject(share(25));
  });

  it('lets a person kill a flag, and tells them what is wrong', async () => {
    const desk = await compiled();
    await breakIt(desk);
    const said = await desk.say(NOW, '/rollout kill well');
    expect([said.code, said.json().outcome]).toEqual([0, 'done']);
    expect(await desk.file(WELL)).toMatch(/^kill: true$/m);
    expect(await desk.target('well')).toMatchObject({ killed: true });
    expect(said.json().warnings.join()).toMatch(
      /sluice\.yml has errors, so no flag goes up; kills, rollbacks and pauses go by the config (of|before) [0-9a-f]{9}:/,
    );
  });
});

describe.concurrent('while the config has errors', () => {
  async function open(): Promise<Desk> {
    const desk = await compiled();
    await broken(desk, 'nonsense: 1\n');
    return desk;
  }

  it.each(['promote', 'approve', 'resume', 'restart', 'unkill'])(
    '%s is refused, with the line to mend',
    async (verb) => {
      const desk = await open();
      const before = await desk.count();
      const said = await desk.say(NOW, `/rollout ${verb} well`);
      expect(said.code).toBe(1);
      expect(said.json()).toMatchObject({
        outcome: 'failed',
        text: expect.stringContaining(`${CONFIG}:1:1 unknown key \`nonsense\``),
        next: `Fix the config, then say ${verb} again.`,
      });
      expect(await desk.count()).toBe(before);
    },
  );

  it.each([
    ['rollback', { phase: 'rolled-back', stage: 'canary' }],
    ['pause', { phase: 'paused', stage: 'quarter' }],
  ])('%s is carried out', async (verb, status) => {
    const desk = await open();
    expect((await desk.say(NOW, `/rollout ${verb} well`)).code).toBe(0);
    expect(await desk.status(WELL)).toMatchObject(status);
  });

  it('a kill by hand reaches the target with the next tick, and what else people wrote waits', async () => {
    const desk = await open();
    await desk.commit(june(2, '09:30'), 'Turn one off, and the other up', {
      [WELL]: `kill: true\n${inQuarter('well')}`,
      [BURNS]: rolloutText('burns', { status: inStage('full', SINCE) }),
    });
    expect((await desk.run(NOW, 'compile')).code).toBe(2);
    expect(await desk.target('well')).toMatchObject({ killed: true });
    expect(await desk.target('burns')).toMatchObject(share(25));
  });

  it('a second tick finds nothing to do, and mending it lets the flag go up', async () => {
    const desk = await open();
    await desk.tick(NOW);
    const settled = await desk.count();
    expect((await desk.tick(june(2, '10:05'))).code).toBe(2);
    expect(await desk.count()).toBe(settled);
    await desk.commit(june(2, '10:10'), 'Mend the config', { [CONFIG]: REPLAY_CONFIG });
    const mended = await desk.tick(june(2, '10:15'));
    expect([mended.code, mended.of('well').decision.kind]).toEqual([0, 'advance']);
  });

  it('status still shows where the flags are', async () => {
    const desk = await open();
    const { code, stdout } = await desk.show(NOW, ['status']);
    expect(code).toBe(2);
    expect(stdout).toContain('well@production');
    expect(stdout).toContain(`${CONFIG}:1:1 unknown key \`nonsense\``);
  });
});

describe.concurrent('the config in force', () => {
  it('is the newest valid one, however many broken ones came after it', async () => {
    const desk = await compiled();
    for (let i = 0; i < 6; i += 1) await broken(desk, `nonsense: ${i}\n`);
    expect((await desk.say(NOW, '/rollout kill well')).code).toBe(0);
    expect(await desk.target('well')).toMatchObject({ killed: true });
  });

  it('is one that the branch had, not one that only a merged branch had', async () => {
    const desk = await compiled();
    const { repo } = desk;
    await repo.git('checkout', '-q', '-b', 'feature');
    await broken(desk, REPLAY_CONFIG.replace('exposures.json', 'elsewhere.json'));
    await broken(desk, 'nonsense: 1\n');
    await repo.git('checkout', '-q', 'main');
    await repo.git('merge', '-q', '--no-ff', '-m', 'Merge feature', 'feature');
    expect((await desk.say(NOW, '/rollout kill well')).code).toBe(0);
    expect(await desk.target('well')).toMatchObject({ killed: true });
  });

  it('is the defaults where there was none before: the file says kill', async () => {
    const desk = await openDesk(SINCE, { [CONFIG]: 'nonsense: 1\n', [WELL]: inQuarter('well') });
    const said = await desk.say(NOW, '/rollout kill well');
    expect(said.code).toBe(0);
    expect(await desk.file(WELL)).toMatch(/^kill: true$/m);
  });

  it('is not known in a shallow clone: the file says kill, and the command that it may not be obeyed', async () => {
    const desk = await compiled();
    await broken(desk, 'nonsense: 1\n');
    const clone = `${desk.dir}-shallow`;
    await desk.repo.git('clone', '-q', '--depth=1', `file://${desk.dir}`, clone);
    const kill = ['respond', '/rollout kill well', '--as', 'ada', '--json'];
    const said = await sluice(clone, kill, { now: NOW });
    expect(said.code).toBe(1);
    expect(said.json().text).toMatch(/but not everywhere|was not carried out everywhere/);
    expect(said.json().text).toContain('nobody knows which targets there are');
    expect(await readFile(join(clone, WELL), 'utf8')).toMatch(/^kill: true$/m);
  });
});

describe.concurrent('a workflow, while the config has errors', () => {
  const FILE = 'rollouts/checkout.yaml';
  const TARGET = 'flags/exposures.json';

  async function openBroken(errors: number, more = ''): Promise<Shop> {
    const text = shopFlag('checkout', since('quarter', 30), more);
    const shop = await openShop({ [FILE]: text, 'metrics.csv': metrics({ checkout: errors }) });
    await shop.push({ before: (await shop.repository.head()) ?? '' });
    await shop.repository.commit({ files: { [CONFIG]: `${SHOP_CONFIG}nonsense: 1\n` } });
    return shop;
  }
  const entryOf = async ({ repository }: Shop): Promise<unknown> =>
    JSON.parse((await repository.files())[TARGET] ?? '{}').flags?.['checkout@production'];

  it('kills what a person says, and its reply says what to mend', async () => {
    const shop = await openBroken(0.002);
    const issue = shop.repository.openIssue({ title: 'Talk' });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code, ran.log).toBe(0);
    expect(await entryOf(shop)).toMatchObject({ killed: true });
    const reply = shop.repository.comments(issue).at(-1)?.body ?? '';
    expect(reply).toMatch(/🚀 \*\*Done: kill checkout/);
    expect(reply.replaceAll('\\', '')).toContain('unknown key');
  });

  it('kills in the file where the history of the config cannot be read, and says that it may not be obeyed', async () => {
    const shop = await openBroken(0.002);
    shop.github.fail({
      match: ({ operation, body }) =>
        operation.startsWith('graphql/') && JSON.stringify(body).includes('history('),
      status: 502,
      times: Number.POSITIVE_INFINITY,
    });
    const issue = shop.repository.openIssue({ title: 'Talk' });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code).toBe(1);
    expect((await shop.repository.files())[FILE]).toMatch(/^kill: true$/m);
    expect(shop.repository.comments(issue).at(-1)?.body).toContain('nobody knows which targets');
  });

  it('takes a flag in breach back, marks the line, and ends with 2', async () => {
    const shop = await openBroken(0.2, 'rollback: {via: commit}\n');
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision]).toEqual([2, 'rollback']);
    expect(await entryOf(shop)).toMatchObject(share(5));
    expect(ran.annotations.map(({ message }) => message).join('\n')).toContain(
      'unknown key `nonsense`',
    );
  });
});
