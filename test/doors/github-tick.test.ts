import { afterEach, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import { repositoryDispatchEvent, workflowDispatchEvent } from '../github/events.ts';
import type { Logged } from '../github/traffic.ts';
import { evidenceHolds } from '../support/evidence.ts';
import { standing, subjects } from '../support/incident.ts';
import {
  ago,
  CONFIG,
  closeShops,
  flag,
  inStage,
  metrics,
  openShop,
  type RunOptions,
  type Shop,
} from '../support/shop.ts';

afterEach(closeShops);

const FILE = 'rollouts/checkout.yaml';
const TARGET = 'flags/exposures.json';

/** One flag in a stage for so many hours, and healthy. */
const healthy = (stage: string, hours: number, more: Readonly<Record<string, string>> = {}) =>
  openShop({
    [FILE]: flag('checkout', inStage(stage, hours)),
    'metrics.csv': metrics({ checkout: 0.002 }),
    ...more,
  });

describe('a kill switch in a file that is not UTF-8', () => {
  it.each(['merge', 'none'] as const)('is obeyed (checkout: %s)', async (checkout) => {
    const shop = await healthy('canary', 3);
    await shop.tick();
    expect((await shop.repository.files())[TARGET]).toContain('"killed": false');
    const text = `# für alle\n${flag('checkout', inStage('canary', 3))}kill: true\n`;
    await shop.repository.commit({ files: { [FILE]: Buffer.from(text, 'latin1') } });
    expect((await shop.tick({ checkout })).code).toBe(1);
    expect((await shop.repository.files())[TARGET]).toContain('"killed": true');
  });
});

describe('a tick on GitHub', () => {
  it('commits a bump with its evidence and the compiled target, and says so', async () => {
    const shop = await healthy('canary', 30);
    const ran = await shop.tick();
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
    const [bump, first] = await shop.repository.commits();
    expect(bump).toMatchObject({ oid: ran.outputs['commit-sha'], verified: true });
    expect(first?.message).toContain('Initial commit');
    expect(readTrailers(bump?.message ?? '')).toMatchObject([
      { key: 'checkout@production', action: 'advance', from: 'canary', to: 'quarter' },
    ]);
    expect(evidenceHolds(bump?.message ?? '')).toBe(true);
    const files = await shop.repository.files();
    expect(files[FILE]).toMatch(/^status: \{phase: progressing, stage: quarter,.*# where it is$/m);
    expect(files[TARGET]).toContain('"stage": "quarter"');
    expect(ran.outputs).toMatchObject({
      decision: 'advance',
      changed: 'true',
      'pull-requests': '[]',
    });
    expect(JSON.parse(ran.outputs.result ?? '')).toMatchObject({
      'schema-version': 1,
      command: 'reconcile',
      commits: [{ oid: bump?.oid, moves: [{ key: 'checkout@production', action: 'advance' }] }],
      failures: [],
    });
    expect(ran.summary).toMatch(/^## Sluice: Advance checkout@.?production to quarter$/m);
    expect(ran.summary).toContain('| `errors` | ✅ pass | 0.2 % | 1 % (max) |');
    expect(ran.summary).toContain('### Every rollout');
  });

  it('with nothing to do asks GitHub twice and writes nothing', async () => {
    const shop = await healthy('canary', 3);
    await shop.tick();
    shop.github.clearLog();
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision, ran.outputs.changed]).toEqual([0, 'hold', 'false']);
    expect(shop.github.requests.map(({ operation }) => operation)).toHaveLength(2);
    expect(shop.github.writes()).toEqual([]);
    expect(ran.summary).toContain('## Sluice: 1 rollout, nothing moved');
    expect(ran.summary).toMatch(/in canary for at least 1d/);
  });

  it('starts what is new and completes what has been everywhere long enough', async () => {
    const shop = await openShop({
      'rollouts/fresh.yaml': flag('fresh'),
      'rollouts/done.yaml': flag('done', inStage('full', 30)),
      'metrics.csv': metrics({ done: 0.002, fresh: 0.002 }),
    });
    const ran = await shop.tick();
    expect([ran.code, await subjects(shop)]).toEqual([0, ['Move done and fresh']]);
    expect(await standing(shop, 'rollouts/fresh.yaml')).toBe('progressing canary');
    expect(await standing(shop, 'rollouts/done.yaml')).toBe('completed full');
  });

  it.each([1, 5, 120])('bumps %i flags in one commit and few requests', async (n) => {
    const names = Array.from({ length: n }, (_, i) => `flag-${i}`);
    const shop = await openShop({
      ...Object.fromEntries(
        names.map((name) => [`rollouts/${name}.yaml`, flag(name, inStage('canary', 30))]),
      ),
      'metrics.csv': metrics(Object.fromEntries(names.map((name) => [name, 0.002]))),
    });
    const ran = await shop.tick();
    expect(ran.code).toBe(0);
    expect(shop.github.count()).toBeLessThanOrEqual(6 + Math.ceil(n / 100));
    expect(await subjects(shop)).toHaveLength(1);
    const [commit] = await shop.repository.commits();
    expect(readTrailers(commit?.message ?? '')).toHaveLength(n);
  });

  it('takes back what must go back where history cannot be looked up, and moves nothing up', async () => {
    const shop = await openShop({
      [FILE]: flag('checkout', inStage('quarter', 3), 'risk: high\n'),
      'rollouts/search.yaml': flag('search', inStage('canary', 30)),
      'metrics.csv': metrics({ checkout: 0.05, search: 0.002 }),
    });
    const history = ({ body }: Logged) => JSON.stringify(body).includes('history(');
    shop.github.fail({ match: history, status: 502, times: 100 });
    const ran = await shop.tick();
    expect([ran.code, await subjects(shop)]).toEqual([
      1,
      ['Roll back checkout@production to canary'],
    ]);
    expect(await standing(shop, 'rollouts/search.yaml')).toBe('progressing canary');
    const { failures, rollouts } = JSON.parse(ran.outputs.result ?? '');
    expect(failures.map(({ code }: { code: string }) => code)).toContain('not-confirmed');
    expect(rollouts.map(({ decision }: { decision: { code: string } }) => decision.code)).toEqual([
      'breach',
      'unconfirmed',
    ]);
    shop.github.calm();
    await shop.tick();
    expect(await standing(shop, 'rollouts/search.yaml')).toBe('progressing quarter');
  });

  it('starts the clock anew for an edit, not for an approval, and asks once for both', async () => {
    const names = ['approved', 'edited'];
    const texts = Object.fromEntries(
      names.map((name) => [`rollouts/${name}.yaml`, flag(name, inStage('canary', 30))]),
    );
    const shop = await openShop({
      ...texts,
      'metrics.csv': metrics({ approved: 0.002, edited: 0.002 }),
    });
    await shop.repository.commit({
      message: 'Approve one, describe the other',
      files: {
        'rollouts/approved.yaml': (texts['rollouts/approved.yaml'] ?? '').replace(
          '}   #',
          ', approvals: [{by: ada, stage: quarter}]}   #',
        ),
        'rollouts/edited.yaml': `${texts['rollouts/edited.yaml']}description: Soon\n`,
      },
    });
    shop.github.clearLog();
    expect((await shop.tick()).code).toBe(0);
    expect(await subjects(shop)).toContain('Advance approved@production to quarter');
    expect(await standing(shop, 'rollouts/edited.yaml')).toBe('progressing canary');
    const edits = shop.github.requests.filter(({ body }) =>
      JSON.stringify(body ?? '').includes('file(path:'),
    );
    expect(edits).toHaveLength(1);
  });

  it('leaves every other byte of a file as it was', async () => {
    const text = `# Crème brûlée\r\n${flag('checkout', inStage('canary', 30)).replace(/\n/g, '\r\n')}\r\n# The end, without a newline`;
    const shop = await healthy('canary', 30, { [FILE]: text });
    expect((await shop.tick()).code).toBe(0);
    const after = (await shop.repository.files())[FILE] ?? '';
    expect(after).toContain('stage: quarter');
    const blank = (of: string) => of.replace(/^status: .*?\}/m, 'status');
    expect(blank(after)).toBe(blank(text));
  });
});

describe('what starts a tick', () => {
  it('is a schedule, a person, or another system', async () => {
    const shop = await healthy('canary', 30);
    const { github, repository } = shop;
    const dry = { inputs: { 'dry-run': 'true' } };
    const runs = [
      await shop.tick(dry),
      await shop.run(await workflowDispatchEvent(github, repository), dry),
      await shop.run(await repositoryDispatchEvent(github, repository, { type: 'tick' }), dry),
    ];
    expect(runs.map(({ code, outputs }) => [code, outputs.decision])).toEqual(
      runs.map(() => [0, 'advance']),
    );
  });

  it('is the input command, whatever the event', async () => {
    const shop = await healthy('canary', 30);
    const before = (await shop.repository.head()) ?? '';
    await shop.push({ before }, { inputs: { command: 'reconcile' } });
    expect(await standing(shop)).toBe('progressing quarter');
  });

  it('is nothing else: an event that asks for nothing says so', async () => {
    const shop = await healthy('canary', 30);
    const trigger = await workflowDispatchEvent(shop.github, shop.repository);
    const ran = await shop.run({ ...trigger, event: 'watch' });
    expect([ran.code, ran.outputs.decision]).toEqual([0, 'none']);
    expect(ran.log).toContain('Nothing to do: the event watch asks for nothing');
    expect(shop.github.count()).toBe(0);
  });
});

describe('a dry run', () => {
  it('decides and says, and writes nothing', async () => {
    const shop = await healthy('canary', 30);
    const ran = await shop.tick({ inputs: { 'dry-run': 'true' } });
    expect([ran.code, ran.outputs.decision, ran.outputs.changed]).toEqual([0, 'advance', 'false']);
    expect(ran.summary).toContain('## Sluice: would advance checkout');
    expect(ran.log).toContain('dry run, nothing was written');
    expect(shop.github.writes()).toEqual([]);
  });
});

describe('where a tick reads from', () => {
  const elsewhere: readonly (readonly [string, RunOptions])[] = [
    ['no checkout at all', { checkout: 'none' }],
    ['GitHub Enterprise', { enterprise: true }],
    ['GitHub Enterprise without a checkout', { enterprise: true, checkout: 'none' }],
  ];

  it.each(elsewhere)('makes no difference: %s', async (_, options) => {
    const shop = await healthy('canary', 30);
    const ran = await shop.tick(options);
    expect([ran.stderr, ran.code, ran.outputs.decision]).toEqual(['', 0, 'advance']);
    expect(await standing(shop)).toBe('progressing quarter');
    expect((await shop.repository.files())[TARGET]).toContain('"stage": "quarter"');
  });

  it('is the branch as it is now, though the workspace is at an older commit', async () => {
    const shop = await healthy('canary', 30);
    const trigger = await workflowDispatchEvent(shop.github, shop.repository);
    await shop.repository.commit({ files: { [FILE]: flag('checkout', inStage('canary', 3)) } });
    const ran = await shop.run(trigger);
    expect([ran.code, ran.outputs.decision]).toEqual([0, 'hold']);
    expect(await standing(shop)).toBe('progressing canary');
  });

  it('is the branch, not what an earlier step left in the workspace', async () => {
    const shop = await healthy('canary', 30);
    const ran = await shop.tick({
      prepare: async (workspace) => {
        const { writeFile } = await import('node:fs/promises');
        await writeFile(`${workspace}/${FILE}`, 'kill: true\n');
      },
    });
    expect(ran.outputs.decision).toBe('advance');
  });
});

describe('the inputs config and rollouts', () => {
  it('say where the files are', async () => {
    const shop = await openShop({
      'ops/sluice.yml': CONFIG,
      'flags/checkout.yaml': flag('checkout', inStage('canary', 30)),
      'metrics.csv': metrics({ checkout: 0.002 }),
    });
    const inputs = { config: 'ops/sluice.yml', rollouts: 'flags/*.yaml' };
    const ran = await shop.tick({ inputs });
    expect([ran.code, ran.outputs.decision]).toEqual([0, 'advance']);
    expect(await standing(shop, 'flags/checkout.yaml')).toBe('progressing quarter');
  });
});

describe('a freeze', () => {
  it('holds what would advance, and names the day it ends', async () => {
    const freeze = `advance: {days: [mon, tue, wed, thu, fri, sat, sun], hours: '00:00-24:00'}\n  freezes: [{from: ${ago(24).slice(0, 10)}, to: ${ago(-48).slice(0, 10)}, reason: Holidays}]`;
    const config = CONFIG.replace(/advance: .*/, freeze);
    const shop = await healthy('canary', 30, { '.github/sluice.yml': config });
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision]).toEqual([0, 'hold']);
    expect(ran.log).toContain('frozen: Holidays');
    expect(await standing(shop)).toBe('progressing canary');
  });
});

describe('what could not be done', () => {
  it('of invalid rollouts shows the first ten, and says how many more', async () => {
    const broken = Array.from({ length: 14 }, (_, i) => [
      `rollouts/broken-${String(i).padStart(2, '0')}.yaml`,
      `${flag(`broken-${i}`)}stagess: 1\n`,
    ]);
    const shop = await healthy('canary', 30, Object.fromEntries(broken));
    const ran = await shop.tick();
    expect(ran.code).toBe(1);
    const errors = ran.annotations.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(10);
    expect(errors[0]?.properties).toMatchObject({ file: 'rollouts/broken-00.yaml' });
    expect(ran.annotations.map(({ message }) => message)).toContain(
      '4 more errors can be read in the job summary.',
    );
    expect(ran.summary).toContain('broken-13');
    // The others go on.
    expect(await standing(shop)).toBe('progressing quarter');
  });

  it('for want of metrics is named, and is an error', async () => {
    const shop = await healthy('canary', 30, { 'metrics.csv': 'nonsense' });
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision]).toEqual([1, 'hold']);
    expect(ran.summary).toContain('### What was not done');
    expect(await standing(shop)).toBe('progressing canary');
  });

  it('with a broken config moves nothing up, marks the line, and exits with 2', async () => {
    const shop = await healthy('canary', 30, { '.github/sluice.yml': 'metricz: {}\n' });
    const ran = await shop.tick();
    expect(ran.code).toBe(2);
    expect(ran.annotations).toEqual([
      expect.objectContaining({
        level: 'error',
        message: expect.stringContaining('unknown key `metricz`'),
        properties: expect.objectContaining({ file: '.github/sluice.yml', line: '1' }),
      }),
    ]);
    const { failures } = JSON.parse(ran.outputs.result ?? '');
    expect(failures).toMatchObject([{ code: 'bad-config', subject: '.github/sluice.yml:1:1' }]);
    expect(await standing(shop)).toBe('progressing canary');
  });

  it.each([
    ['command', 'explode'],
    ['dry-run', 'maybe'],
  ])('with the input %s: %s exits with 2', async (name, value) => {
    const shop = await healthy('canary', 3);
    const ran = await shop.tick({ inputs: { [name]: value } });
    expect(ran.code).toBe(2);
    expect(ran.annotations[0]?.message).toContain(`the input ${name} is ${value}`);
  });
});

describe('a push', () => {
  const pushed = async (): Promise<[Shop, string]> => {
    const shop = await openShop({ [FILE]: flag('checkout') });
    const before = (await shop.repository.head()) ?? '';
    await shop.repository.commit({ files: { [FILE]: flag('checkout', inStage('quarter', 1)) } });
    return [shop, before];
  };

  it('compiles the targets, in a commit only where bytes differ', async () => {
    const [shop, before] = await pushed();
    const first = await shop.push({ before });
    expect([first.code, first.outputs.changed]).toEqual([0, 'true']);
    expect((await shop.repository.files())[TARGET]).toContain('"stage": "quarter"');
    expect(first.summary).toMatch(/## Sluice: wrote flags\/exposures\.json/);
    const second = await shop.push({ before });
    expect([second.code, second.outputs.changed]).toEqual([0, 'false']);
    expect(second.summary).toContain('1 target, as they should be');
    expect(await subjects(shop)).toEqual(['A commit', 'Compile targets']);
  });

  it('to another branch does nothing', async () => {
    const [shop, before] = await pushed();
    await shop.repository.commit({ branch: 'other', files: { x: '1' } });
    const ran = await shop.push({ before, branch: 'other' });
    expect(ran.code).toBe(0);
    expect(ran.log).toContain('refs/heads/other is not the default branch');
    expect(shop.github.count()).toBe(0);
  });

  it('in a dry run only says what it would write', async () => {
    const [shop, before] = await pushed();
    const ran = await shop.push({ before }, { inputs: { 'dry-run': 'true' } });
    expect(ran.log).toContain('would write flags/exposures.json');
    expect(shop.github.writes()).toEqual([]);
  });
});

describe('the token', () => {
  it('of a workflow starts no workflows, which is said when something was written', async () => {
    const shop = await healthy('canary', 30);
    const notices = (ran: Awaited<ReturnType<Shop['tick']>>) =>
      ran.annotations.filter(({ level }) => level === 'notice').map(({ message }) => message);
    expect(notices(await shop.tick())).toEqual([expect.stringContaining('starts no workflows')]);
    expect(notices(await shop.tick())).toEqual([]);
  });

  it('of an app does, and nothing is said', async () => {
    const shop = await healthy('canary', 30);
    const token = shop.github.token({ kind: 'app', repository: shop.repository });
    const ran = await shop.tick({ token });
    expect([ran.code, ran.outputs.changed]).toEqual([0, 'true']);
    expect(ran.annotations).toEqual([]);
    expect(ran.stdout.replaceAll(`::add-mask::${token}`, '')).not.toContain(token);
  });
});
