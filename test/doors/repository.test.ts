import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, onDisk, openDesk, TARGET } from '../support/desk.ts';
import { flagd } from '../support/flagd.ts';
import { temporaryRepository } from '../support/git.ts';
import { sluice } from '../support/program.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';
import { onlyRules } from '../support/rules.ts';

const ACTION = ['--action', 'acme/sluice@0123456789012345678901234567890123456789'];
const MONDAY = june(1, '09:00');
const TUESDAY = june(2, '10:00');
const FILE = 'rollouts/demo.yaml';
const CONFIG = '.github/sluice.yml';

const HEALTHY = recording(
  ...['demo', 'other'].flatMap((flag) =>
    ['on', 'off'].map((arm) => [june(1, '00:00'), `errors ${flag} ${arm}`, 0.001] as const),
  ),
);
const DEMO = {
  [CONFIG]: REPLAY_CONFIG,
  'metrics.csv': HEALTHY,
  [FILE]: rolloutText('demo', { status: inStage('canary', MONDAY) }),
};

afterAll(closeDesks);

const demo = (files: Readonly<Record<string, string>> = {}): Promise<Desk> =>
  openDesk(MONDAY, { ...DEMO, ...files });

describe.concurrent('the files of a person', () => {
  it('are changed in the bytes that must change', async () => {
    const text = (stage: string, since: string, more: readonly string[] = []): string =>
      [
        '# demo\r',
        'flag:   demo\r',
        "owners: [ '@acme/payments' ]\r",
        'status:        # where it is\r',
        `    "stage":   ${stage}   # now\r`,
        `    since:   '${since}'\r`,
        '    phase: progressing\r',
        ...more,
        '\r',
        "stages: [ {name: canary, percentage: 5, duration: 1d},{ name: 'full', percentage: 100, duration: 1d } ]\r",
        'checks:\r',
        '- errors  # all of them\r',
        '',
      ].join('\n');
    const desk = await demo({ [FILE]: text('canary', MONDAY) });
    await desk.tick(TUESDAY);
    // Everybody gets it now: the level of control is kept to compare with.
    const after = text('full', TUESDAY, ['    baseline:\r', '        errors: 0.001\r']);
    expect(await desk.file(FILE)).toBe(after);
    expect(await onDisk(desk, FILE)).toBe(after);
  });

  it('are left alone in a dry run', async () => {
    const desk = await demo({ 'rollouts/other.yaml': rolloutText('other') });
    const before = await desk.repo.git('for-each-ref');
    const tick = await desk.tick(TUESDAY, '--dry-run');
    expect(tick.of('demo').decision).toMatchObject({ kind: 'advance', to: 'quarter' });
    expect(tick.of('other').decision).toMatchObject({ kind: 'start' });
    const shown = await desk.show(TUESDAY, ['reconcile', '--dry-run']);
    expect(shown.stdout).toContain('2 rollouts looked at; dry run, nothing was written');
    await desk.run(TUESDAY, 'compile', '--dry-run');
    expect(await desk.repo.git('for-each-ref')).toBe(before);
    expect(await desk.dirt()).toBe('');
  });

  it.each([
    ['an edited rollout', FILE, '# mine\n'],
    ['a target that git does not know', TARGET, 'mine\n'],
  ])(
    '%s is not overwritten, by a kill neither, which is on the branch all the same',
    async (_, path, mine) => {
      const desk = await demo();
      await desk.repo.write(path, mine);
      const tick = await desk.tick(TUESDAY);
      expect(tick.code).toBe(1);
      const [refused] = tick.json().failures;
      expect(refused).toMatchObject({ code: 'commit-refused' });
      expect(refused?.detail).toContain(path);
      expect(refused?.detail).toMatch(/commit or (stash|move)/);
      expect(await desk.status(FILE)).toMatchObject({ stage: 'canary' });
      expect(await onDisk(desk, path)).toBe(mine);
      const reply = await desk.say(TUESDAY, '/rollout kill demo');
      expect(reply.stdout).toContain(path);
      expect(await desk.file(FILE)).toMatch(/^kill: true$/m);
      expect(await onDisk(desk, path)).toBe(mine);
    },
  );

  it('that have nothing to do with it may be in any state', async () => {
    const desk = await demo({ 'src/app.ts': 'let a;\n', 'src/b.ts': 'b\n' });
    await desk.repo.write('src/app.ts', 'let edited;\n');
    await desk.repo.write('src/new.ts', 'new\n');
    await desk.repo.write('src/b.ts', 'staged\n');
    await desk.repo.git('add', 'src/b.ts');
    const dirt = await desk.dirt();
    expect((await desk.tick(TUESDAY)).code).toBe(0);
    expect(await desk.status(FILE)).toMatchObject({ stage: 'quarter' });
    expect(await desk.dirt()).toBe(dirt);
    expect(await onDisk(desk, 'src/app.ts')).toBe('let edited;\n');
  });
});

describe.concurrent('a repository', () => {
  it('may be bare', async () => {
    const desk = await openDesk(MONDAY, DEMO, { bare: true });
    expect((await desk.tick(TUESDAY)).code).toBe(0);
    expect(await desk.status(FILE)).toMatchObject({ stage: 'quarter' });
    expect((await desk.say(TUESDAY, '/rollout kill demo')).code).toBe(0);
    expect(await desk.target('demo')).toMatchObject({ killed: true });
  });

  it('may keep its config elsewhere, and its rollouts on another branch', async () => {
    const desk = await openDesk(MONDAY, {
      'ops/flags.yml': `rollouts: flags/*.yml\n${REPLAY_CONFIG}`,
      'metrics.csv': HEALTHY,
      'flags/demo.yml': rolloutText('demo', { status: inStage('canary', MONDAY) }),
    });
    await desk.repo.git('switch', '--quiet', '-c', 'work');
    const options = ['--config', 'ops/flags.yml', '--branch', 'main'];
    const tick = await desk.tick(TUESDAY, ...options);
    expect(tick.code, tick.stdout + tick.stderr).toBe(0);
    expect(await desk.status('flags/demo.yml')).toMatchObject({ stage: 'quarter' });
    expect(await desk.repo.git('rev-parse', 'work')).toBe(
      await desk.repo.git('rev-parse', 'main~1'),
    );
    expect(await desk.dirt()).toBe('');
  });

  it.each([['reconcile'], ['status'], ['validate'], ['compile']])(
    'does not do without a config that was named: %s',
    async (command) => {
      const desk = await demo();
      const ran = await desk.show(TUESDAY, [command, '--config', '.github/slucie.yml']);
      expect(ran.code, ran.stdout).toBe(2);
      expect(ran.stderr).toContain('.github/slucie.yml');
      expect(await desk.count()).toBe(1);
    },
  );

  it('whose targets are as they should be gets no commit', async () => {
    const desk = await demo();
    const first = await desk.run(TUESDAY, 'compile');
    expect(first.json()).toMatchObject({ changed: [TARGET], commit: expect.any(String) });
    const second = await desk.run(june(5, '10:00'), 'compile');
    expect(second.json()).toMatchObject({ changed: [], commit: null });
    expect(await desk.count()).toBe(2);
  });

  it('with nothing in it is green after init, which overwrites nothing', async () => {
    const repo = await temporaryRepository();
    try {
      const nothing = await sluice(repo.dir, ['validate']);
      expect([nothing.code, nothing.stdout]).toEqual([
        0,
        'no file matches rollouts/**/*.{yaml,yml}, and there is no config; `sluice init` writes both\n',
      ]);
      await repo.write('rollouts/example.yaml', 'mine\n');
      const kept = await sluice(repo.dir, ['init', ...ACTION, '--json']);
      expect(kept.json()).toMatchObject({
        written: expect.arrayContaining([CONFIG]),
        kept: ['rollouts/example.yaml'],
      });
      await rm(join(repo.dir, 'rollouts'), { recursive: true });
      const secret = 'https://ann:swordfish@p.acme.example';
      const refused = await sluice(repo.dir, ['init', ...ACTION, '--prometheus-url', secret]);
      expect([refused.code, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toContain('which would be committed');
      expect(refused.stderr).not.toContain('swordfish');
      await sluice(repo.dir, ['init', ...ACTION, '--prometheus-url', 'https://p.acme.example']);
      const before = await sluice(repo.dir, ['validate']);
      expect([before.code, before.stderr]).toEqual([0, '']);
      expect(before.stdout).not.toContain('start-outside-window');
      await repo.commitAll('Begin');
      for (const command of ['validate', 'status', 'reconcile', 'compile']) {
        const ran = await sluice(repo.dir, [command]);
        expect([command, ran.code, ran.stderr]).toEqual([command, 0, '']);
      }
      const { resolve } = flagd(await repo.git('show', 'HEAD:flags/flagd.json'));
      expect(resolve('example', { targetingKey: 'ada' })).toMatchObject({ variant: 'off' });
      const again = await sluice(repo.dir, ['init', ...ACTION, '--json']);
      expect(again.json()).toMatchObject({ written: [] });
      expect(await repo.git('status', '--porcelain')).toBe('');
    } finally {
      await repo.cleanup();
    }
  });
});

describe.concurrent('time', () => {
  it('before its start a flag waits, after its end it is off', async () => {
    const desk = await demo({
      [FILE]: rolloutText('demo', {
        more: `start: ${june(2, '10:00')}\nend: 2026-06-06T12:00:00Z`,
      }),
    });
    expect((await desk.tick(june(1, '10:00'))).of('demo').decision).toMatchObject({
      code: 'not-yet-started',
      until: TUESDAY,
    });
    await desk.tick(TUESDAY);
    expect(await desk.status(FILE)).toMatchObject({ stage: 'canary' });
    // A Saturday: going back is always allowed.
    const end = await desk.tick(june(6, '12:00'));
    expect(end.of('demo').decision).toMatchObject({ kind: 'rollback', code: 'ended', to: null });
    expect(await desk.target('demo')).toMatchObject({ variant: 'off', audiences: [] });
    expect((await desk.tick(june(8, '10:00'))).of('demo').decision.kind).toBe('none');
  });

  it('that goes backwards moves nothing', async () => {
    const desk = await demo();
    await desk.tick(TUESDAY);
    const commits = await desk.count();
    expect((await desk.tick(june(1, '10:00'))).of('demo').decision).toMatchObject({
      kind: 'hold',
      code: 'clock',
    });
    expect((await desk.tick(june(2, '09:56'))).of('demo').decision.code).toBe('dwell');
    expect(await desk.count()).toBe(commits);
  });

  it('that was missed for weeks is made up for one stage a dwell', async () => {
    const desk = await demo();
    const late = june(29, '10:00');
    expect((await desk.tick(late)).of('demo').decision).toMatchObject({ to: 'quarter' });
    expect((await desk.tick(late)).of('demo').decision).toMatchObject({ code: 'dwell' });
  });

  it('a ladder that changed under a flag holds it until somebody says resume', async () => {
    const ladder = (half: number): string =>
      `${REPLAY_CONFIG}ladders: {mine: [{name: canary, percentage: 5, duration: 1d}, {name: half, percentage: ${half}, duration: 1d}, {name: full, percentage: 100, duration: 1d}]}\n`;
    const desk = await demo({
      [CONFIG]: ladder(50),
      [FILE]: rolloutText('demo', { stages: 'mine' }),
    });
    await desk.tick(MONDAY);
    await desk.commit(june(1, '12:00'), 'Bolder', { [CONFIG]: ladder(80) });
    const held = await desk.tick(TUESDAY);
    expect(held.of('demo').decision).toMatchObject({ kind: 'hold', code: 'ladder-changed' });
    expect((await desk.say(june(2, '10:05'), '/rollout resume demo')).code).toBe(0);
    expect((await desk.tick(june(2, '10:30'))).of('demo').decision.code).toBe('dwell');
    await desk.tick(june(3, '10:05'));
    expect(await desk.target('demo')).toMatchObject({ audiences: [{ weight: 80_000 }] });
  });
});

describe.concurrent('files that are refused', () => {
  it('a link is not followed, and stops nobody else', async () => {
    const desk = await demo();
    await mkdir(join(desk.dir, 'elsewhere'));
    await writeFile(join(desk.dir, 'elsewhere/other.yaml'), rolloutText('other'));
    await symlink('../elsewhere/other.yaml', join(desk.dir, 'rollouts/other.yaml'));
    await desk.commit(MONDAY, 'Link', {});
    const tick = await desk.tick(TUESDAY);
    expect(tick.code).toBe(1);
    expect(tick.json().failures).toMatchObject([
      { subject: 'rollouts/other.yaml', detail: expect.stringContaining('symbolic link') },
    ]);
    expect(await desk.status(FILE)).toMatchObject({ stage: 'quarter' });
    const review = await desk.show(TUESDAY, ['validate']);
    expect(review.code).toBe(1);
    expect(review.stdout).toContain('links are not followed');
  });

  it('a config with an error is named by every command, and moves nothing up', async () => {
    const desk = await demo({ [CONFIG]: `${REPLAY_CONFIG}polcy: {}\n` });
    for (const command of ['reconcile', 'status', 'compile', 'validate']) {
      const ran = await desk.show(TUESDAY, [command]);
      expect(ran.code, command).toBe(command === 'validate' ? 1 : 2);
      expect(ran.stdout + ran.stderr).toContain('.github/sluice.yml:7:1');
      expect(ran.stdout + ran.stderr).toContain('did you mean `policy`?');
    }
    expect(await desk.count()).toBe(1);
  });

  it('validate points at the text and says what was meant', async () => {
    const desk = await demo();
    await desk.repo.write(FILE, DEMO[FILE]?.replace('percentage: 25', 'percentge: 25') ?? '');
    const ran = await desk.show(TUESDAY, ['validate']);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain(`${FILE}:7:21 error`);
    expect(ran.stdout).toContain('did you mean `percentage`?');
    expect(ran.stdout).toContain('1 error in 2 files');
    const [problem] = (await desk.run(TUESDAY, 'validate')).json().problems;
    expect(problem).toMatchObject({ severity: 'error', file: FILE, line: 7, column: 21 });
  });

  it('validate lets warnings pass, and looks only at the files it is given', async () => {
    const desk = await demo({
      'rollouts/other.yaml': rolloutText('other', { more: 'nonsense: 1' }),
    });
    const text = DEMO[FILE] ?? '';
    await desk.repo.write(FILE, text.replace('duration: 1d}     #', 'duration: 2h}     #'));
    const ran = await desk.show(TUESDAY, ['validate', FILE, '--base', 'main']);
    expect(ran.stdout).toContain('warning');
    expect(ran.stdout).not.toContain('nonsense');
    expect(ran.stdout).toContain('stage-too-short');
    expect((await desk.show(TUESDAY, ['validate'])).code).toBe(1);
    expect((await desk.show(TUESDAY, ['validate', 'README.md'])).code).toBe(2);
  });

  it('validate says what becomes of users whose flag is deleted, or has its arms swapped', async () => {
    const about = onlyRules('variants-changed', 'live-rollout-deleted');
    const desk = await demo({ [CONFIG]: `${REPLAY_CONFIG}policy: {rules: ${about}}\n` });
    const text = DEMO[FILE] ?? '';
    await desk.repo.write(FILE, `treatment: 'off'\ncontrol: 'on'\n${text}`);
    const codes = async () =>
      (await desk.run(TUESDAY, 'validate')).json().problems.map(({ code, file }) => [code, file]);
    expect(await codes()).toEqual([['variants-changed', FILE]]);
    await rm(join(desk.dir, FILE));
    expect(await codes()).toEqual([['live-rollout-deleted', FILE]]);
  });
});

describe.concurrent('the terminal', () => {
  it('works from any folder of the work tree', async () => {
    const desk = await demo();
    const below = join(desk.dir, 'rollouts');
    const all = await sluice(below, ['validate'], { now: TUESDAY });
    expect(all.stdout).toContain(' in 2 files');
    const named = await sluice(desk.dir, ['validate', '--repo', 'rollouts'], { now: TUESDAY });
    expect(named.stdout).toBe(all.stdout);
    expect((await sluice(below, ['validate', 'demo.yaml'])).stdout).toContain(FILE);
    expect((await sluice(below, ['init', ...ACTION, '--json'])).json()).toMatchObject({
      kept: [CONFIG],
    });
    expect((await sluice(below, ['status'])).stdout).toContain('demo@production');
  });

  it('does not mind a reader who has seen enough', async () => {
    const desk = await demo();
    for (const command of ['status', 'reconcile']) {
      const ran = await sluice(desk.dir, [command], { now: TUESDAY, deaf: true });
      expect([ran.code, ran.stderr]).toEqual([0, '']);
    }
  });

  it('says in a line what the file system refuses', async () => {
    const desk = await demo();
    const folder = await sluice(desk.dir, ['validate', '--config', 'rollouts']);
    expect([folder.code, folder.stderr]).toEqual([
      2,
      "sluice: there is no rollouts; write --config relative to the repository's top (bad-usage)\n",
    ]);
    const nowhere = await sluice(desk.dir, ['validate', '--repo', '/no/such/folder']);
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toContain('There is no folder /no/such/folder');
  });

  it.each([
    [['reconsile'], "unknown command 'reconsile'"],
    [['reconcile', '--nwo', 'x'], "unknown option '--nwo'"],
    [['reconcile', '--now', 'yesterday'], '--now yesterday is no time'],
    [['status', 'dmeo'], 'did you mean `demo`?'],
    [['status', '--repo', '/no/such/folder'], '/no/such/folder'],
    [['status', '--branch', 'nope'], 'There is no branch nope'],
    [['respond'], "missing required argument 'command'"],
    [[], 'Usage: sluice'],
  ])('%j is bad usage', async (args, words) => {
    const desk = await demo();
    const ran = await sluice(desk.dir, args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(words);
    expect(ran.stdout).toBe('');
  });

  it('--json is one value with a schema version, also where it fails', async () => {
    const desk = await demo();
    for (const args of [
      ['validate'],
      ['reconcile'],
      ['respond', '/rollout status'],
      ['compile'],
      ['status'],
      ['init', ...ACTION],
    ]) {
      const { json, stdout } = await desk.run(TUESDAY, ...args);
      expect(json(), args[0]).toMatchObject({ 'schema-version': 1, command: args[0] });
      expect(stdout.trimEnd()).not.toContain('\n');
    }
    const bad = await desk.run(TUESDAY, 'status', '--branch', 'nope');
    expect(bad.code).toBe(2);
    expect(bad.json()).toMatchObject({
      'schema-version': 1,
      command: 'status',
      error: { code: 'unknown-branch', message: expect.stringContaining('nope') },
    });
  });

  it('is plain in a pipe, and in colour where that is asked for', async () => {
    const desk = await demo({ 'rollouts/other.yaml': 'flag: [\n' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for
    const ansi = /\u001b/;
    const painted = async (args: readonly string[], env: Record<string, string> = {}) =>
      ansi.test((await sluice(desk.dir, args, { now: TUESDAY, env })).stdout);
    for (const command of ['validate', 'status', 'reconcile']) {
      expect(await painted([command]), command).toBe(false);
      expect(await painted([command], { FORCE_COLOR: '1' }), command).toBe(true);
    }
    expect(await painted(['status'], { FORCE_COLOR: '0' })).toBe(false);
    expect(await painted(['status', '--no-color'], { FORCE_COLOR: '1' })).toBe(false);
    expect(await painted(['status', '--json'], { FORCE_COLOR: '1' })).toBe(false);
  });
});
