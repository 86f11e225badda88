import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openCompiledDesk, openDesk } from '../support/desk.ts';
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

/** A config of the next version: with a key of that version, and one whose values changed. */
const newer = (config: string): string =>
  `# Ours.\nversion: 2\nbudgets: {errors: 1%}\n${config.replace('{via: commit}', '[commit]')}`;

const inQuarter = (flag: string): string =>
  rolloutText(flag, { status: inStage('quarter', SINCE) });

const FILES = {
  'metrics.csv': recording(
    [june(1, '00:00'), 'errors burns on', 0.2],
    [june(1, '00:00'), 'errors well on', 0.001],
  ),
  [BURNS]: inQuarter('burns'),
  [WELL]: inQuarter('well'),
};

/** Two flags at a quarter of their users, and a config that meanwhile is for a newer Sluice. */
async function upgraded(config = newer(REPLAY_CONFIG)): Promise<Desk> {
  const desk = await openCompiledDesk(SINCE, { [CONFIG]: REPLAY_CONFIG, ...FILES });
  await desk.commit(june(2, '09:00'), 'Write the config for the next Sluice', { [CONFIG]: config });
  return desk;
}

const share = (percentage: number) => ({ audiences: [{ weight: percentage * 1000 }] });

describe.concurrent('a config for a newer Sluice', () => {
  it('is one error, at its version, that says what to install', async () => {
    const desk = await upgraded();
    const ran = await desk.run(NOW, 'validate');
    expect(ran.code).toBe(1);
    expect(ran.json().problems).toMatchObject([
      {
        severity: 'error',
        code: 'newer-format',
        file: CONFIG,
        line: 2,
        column: 10,
        message: expect.stringMatching(
          /^the files are of format version 2, and this is Sluice [\d.]+, which reads version 1$/,
        ),
        hint: expect.stringContaining('uses: …/sluice@<commit>'),
      },
    ]);
  });

  it('lets a flag in breach go back, and no flag up', async () => {
    const desk = await upgraded();
    const tick = await desk.tick(NOW);
    expect(tick.code).toBe(2);
    expect(tick.json().problems.map(({ code }) => code)).toEqual(['newer-format']);
    expect(await desk.status(BURNS)).toMatchObject({ phase: 'rolled-back', stage: 'canary' });
    expect(await desk.target('burns')).toMatchObject(share(5));
    expect(tick.of('well').decision).toMatchObject({ kind: 'hold', code: 'bad-config' });
    expect(await desk.target('well')).toMatchObject(share(25));
  });

  it.each([
    ['kill', (desk: Desk) => desk.file(WELL), /^kill: true$/m],
    ['pause', (desk: Desk) => desk.file(WELL), /phase: paused/],
    ['rollback', (desk: Desk) => desk.file(WELL), /phase: rolled-back/],
  ] as const)(
    'lets a person say %s, and tells them which Sluice to install',
    async (verb, look, to) => {
      const desk = await upgraded();
      const said = await desk.say(NOW, `/rollout ${verb} well`);
      expect([said.code, said.json().outcome], said.stdout).toEqual([0, 'done']);
      expect(await look(desk)).toMatch(to);
      expect(said.json().warnings.join()).toContain('install a newer Sluice');
    },
  );

  it('keeps a promote from going up', async () => {
    const desk = await upgraded();
    const said = await desk.say(NOW, '/rollout promote well');
    expect([said.code, said.json().outcome]).toEqual([1, 'failed']);
    expect(said.json().text).toContain('install a newer Sluice');
    expect(await desk.status(WELL)).toMatchObject({ stage: 'quarter' });
  });

  it('says of a kill that it may not be everywhere where the newer config has other targets', async () => {
    const config = newer(REPLAY_CONFIG).replace('exposures.json', 'elsewhere.json');
    const desk = await upgraded(config);
    const said = await desk.say(NOW, '/rollout kill well');
    expect(said.code).toBe(1);
    expect(await desk.file(WELL)).toMatch(/^kill: true$/m);
    expect(await desk.target('well')).toMatchObject({ killed: true });
    expect(said.json().text).toContain('written for a newer Sluice and has other targets');
  });

  it('is no obstacle to a kill where the branch never had another, wherever its files are', async () => {
    const elsewhere = 'flags/live/well.yaml';
    const desk = await openDesk(SINCE, {
      [CONFIG]: `rollouts: flags/**/*.yaml\nenvironments: [live]\n${newer(REPLAY_CONFIG)}`,
      [elsewhere]: inQuarter('well'),
    });
    const said = await desk.say(NOW, '/rollout kill well');
    expect(await desk.file(elsewhere)).toMatch(/^kill: true$/m);
    // It names a target, which a newer Sluice may have written.
    expect(said.code).toBe(1);
    expect(said.json().text).toContain('nobody knows which targets there are');
  });

  it('is no obstacle to a kill where it names no targets', async () => {
    const desk = await openDesk(SINCE, { [CONFIG]: 'version: 2\n', [WELL]: inQuarter('well') });
    expect((await desk.say(NOW, '/rollout kill well')).code).toBe(0);
    expect(await desk.file(WELL)).toMatch(/^kill: true$/m);
  });

  it('is over when the config is what it was', async () => {
    const desk = await upgraded();
    await desk.tick(NOW);
    await desk.commit(june(2, '10:10'), 'Go back', { [CONFIG]: `version: 1\n${REPLAY_CONFIG}` });
    const tick = await desk.tick(june(2, '10:15'));
    expect([tick.code, tick.of('well').decision.kind]).toEqual([0, 'advance']);
  });
});

describe.concurrent('a rollout file with keys of a newer format', () => {
  const NEWER = inQuarter('well').replace('risk: medium', 'budget: {errors: 1%}\nrisk: medium');

  async function open(): Promise<Desk> {
    const desk = await openCompiledDesk(SINCE, { [CONFIG]: REPLAY_CONFIG, ...FILES });
    await desk.commit(june(2, '09:00'), 'Give it a budget', { [WELL]: NEWER });
    return desk;
  }

  it('stays where it is, with the line that is not read, and others go on', async () => {
    const desk = await open();
    const tick = await desk.tick(NOW);
    expect(tick.code).toBe(1);
    expect(tick.json().failures).toMatchObject([
      { code: 'invalid-rollout', subject: WELL, detail: expect.stringContaining('`budget`') },
    ]);
    expect(await desk.target('well')).toMatchObject(share(25));
    expect(await desk.target('burns')).toMatchObject(share(5));
  });

  it('is killed', async () => {
    const desk = await open();
    expect((await desk.say(NOW, '/rollout kill well')).code).toBe(0);
    expect(await desk.file(WELL)).toMatch(/^kill: true$/m);
    expect(await desk.file(WELL)).toContain('budget: {errors: 1%}');
    expect(await desk.target('well')).toMatchObject({ killed: true });
  });
});

describe.concurrent('a workflow that meets files for a newer Sluice', () => {
  const FILE = 'rollouts/checkout.yaml';
  const entryOf = async ({ repository }: Shop): Promise<unknown> =>
    JSON.parse((await repository.files())['flags/exposures.json'] ?? '{}').flags?.[
      'checkout@production'
    ];

  async function openNewer(
    errors: number,
    files: (text: string) => Readonly<Record<string, string>>,
  ): Promise<Shop> {
    const text = shopFlag('checkout', since('quarter', 200), 'rollback: {via: commit}\n');
    const shop = await openShop({ [FILE]: text, 'metrics.csv': metrics({ checkout: errors }) });
    await shop.push({ before: (await shop.repository.head()) ?? '' });
    await shop.repository.commit({ files: files(text) });
    return shop;
  }
  const config = () => ({ [CONFIG]: newer(SHOP_CONFIG) });

  it('marks the version, moves nothing up, and ends with 2', async () => {
    const shop = await openNewer(0.002, config);
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision], ran.log).toEqual([2, 'hold']);
    const [first] = ran.annotations;
    expect(first?.properties).toMatchObject({
      title: 'Sluice: newer-format',
      file: CONFIG,
      line: '2',
    });
    expect(first?.message).toContain('uses: …/sluice@<commit>');
    expect(await entryOf(shop)).toMatchObject(share(25));
  });

  it('takes a flag in breach back', async () => {
    const shop = await openNewer(0.2, config);
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision], ran.log).toEqual([2, 'rollback']);
    expect(await entryOf(shop)).toMatchObject(share(5));
  });

  it('kills by a comment, whose reply says what to install', async () => {
    const shop = await openNewer(0.002, config);
    const issue = shop.repository.openIssue({ title: 'Talk' });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code, ran.log).toBe(0);
    expect(await entryOf(shop)).toMatchObject({ killed: true });
    expect(shop.repository.comments(issue).at(-1)?.body).toContain('install a newer Sluice');
  });

  it('kills a flag whose own file is the newer one', async () => {
    const shop = await openNewer(0.002, (text) => ({ [FILE]: `budget: 1%\n${text}` }));
    const issue = shop.repository.openIssue({ title: 'Talk' });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code, ran.log).toBe(0);
    expect(await entryOf(shop)).toMatchObject({ killed: true });
  });
});
