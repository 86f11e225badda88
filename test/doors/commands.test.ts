import { afterAll, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import { closeDesks, type Desk, openCompiledDesk, openDesk } from '../support/desk.ts';
import { evidenceHolds } from '../support/evidence.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';

const MONDAY = june(1, '09:00');
const TUESDAY = june(2, '10:00');
const FILE = 'rollouts/demo.yaml';
const AT_QUARTER = { status: inStage('quarter', MONDAY) };

afterAll(closeDesks);

/** Flags with healthy metrics but for `bad`, compiled. */
async function deskOf(
  flags: Readonly<Record<string, Parameters<typeof rolloutText>[1]>>,
  config = REPLAY_CONFIG,
): Promise<Desk> {
  const names = Object.keys(flags);
  return openCompiledDesk(MONDAY, {
    '.github/sluice.yml': config,
    'metrics.csv': recording(
      ...names.flatMap((flag) => [
        [june(1, '00:00'), `errors ${flag} on`, flag === 'bad' ? 0.05 : 0.001] as const,
        [june(1, '00:00'), `errors ${flag} off`, 0.001] as const,
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(flags).map(([flag, text]) => [
        `rollouts/${flag}.yaml`,
        rolloutText(flag, text),
      ]),
    ),
  });
}

/** The trailer of the newest commit, in short. */
async function newest(desk: Desk): Promise<string> {
  const [message = ''] = await desk.messages();
  const [trailer] = readTrailers(message);
  expect(evidenceHolds(message), message).toBe(true);
  return `${trailer?.action} ${trailer?.from}->${trailer?.to} by ${trailer?.by}`;
}

describe.concurrent('a command', () => {
  it('rollback goes back one stage, then off, at once', async () => {
    const desk = await deskOf({ demo: AT_QUARTER });
    const reply = await desk.say(june(6, '23:00'), '/rollout rollback demo too many complaints');
    expect(reply.code).toBe(0);
    expect(reply.json()).toMatchObject({
      'schema-version': 1,
      command: 'respond',
      outcome: 'done',
      text: 'Roll back demo@production to canary',
    });
    expect(await desk.status(FILE)).toMatchObject({
      phase: 'rolled-back',
      stage: 'canary',
      reason: 'too many complaints',
    });
    expect(await desk.target('demo')).toMatchObject({ audiences: [{ weight: 5_000 }] });
    expect(await newest(desk)).toBe('rollback quarter->canary by ada');

    await desk.say(june(6, '23:05'), '/rollout rollback demo');
    expect(await desk.target('demo')).toMatchObject({ variant: 'off', audiences: [] });
    const again = await desk.say(june(6, '23:06'), '/rollout rollback demo');
    expect(again.code).toBe(0);
    expect(again.json()).toMatchObject({ outcome: 'nothing', commit: null });
    expect(await desk.dirt()).toBe('');
  });

  it('pause and resume stop and start the clock', async () => {
    const desk = await deskOf({ demo: { status: inStage('canary', MONDAY) } });
    await desk.say(june(1, '10:00'), '/rollout pause demo lunch');
    expect((await desk.tick(TUESDAY)).of('demo').decision).toMatchObject({
      kind: 'none',
      code: 'paused',
      why: 'paused (lunch); say resume, restart or rollback',
    });
    const reply = await desk.say(june(2, '11:00'), '/rollout resume demo');
    expect(reply.json().next).toBe('the clock of canary starts again');
    const held = await desk.tick(june(3, '10:55'));
    expect(held.of('demo').decision).toMatchObject({ code: 'dwell', until: june(3, '11:00') });
    expect((await desk.tick(june(3, '11:00'))).of('demo').decision.kind).toBe('advance');
  });

  it('promote goes on without waiting, and never past a breach', async () => {
    const desk = await deskOf({
      demo: { status: inStage('canary', MONDAY) },
      bad: { status: inStage('canary', MONDAY) },
    });
    // A Saturday, an hour into the stage: neither dwell nor window hold a person back.
    const reply = await desk.say(june(6, '10:00'), '/rollout promote demo we are sure');
    expect(reply.json()).toMatchObject({ outcome: 'done' });
    expect(await desk.status(FILE)).toMatchObject({ stage: 'quarter', since: june(6, '10:00') });
    expect(await newest(desk)).toBe('advance canary->quarter by ada');

    const commits = await desk.count();
    const refused = await desk.say(june(6, '10:00'), '/rollout promote bad');
    expect(refused.code).toBe(1);
    expect(refused.json()).toMatchObject({ outcome: 'refused', commit: null });
    expect(refused.json().text).toContain('errors is 5 %');
    expect(refused.json().next).toContain(
      '5 % against 0.1 % in control; at most 1 % is allowed (max)',
    );
    expect(await desk.count()).toBe(commits);
  });

  it('approve lets a stage begin that needs it, once a person', async () => {
    const stages =
      '[{name: canary, percentage: 5, duration: 1d}, {name: full, percentage: 100, duration: 1d, approvals: 2}]';
    const desk = await deskOf({ demo: { stages, status: inStage('canary', MONDAY) } });
    expect((await desk.say(TUESDAY, '/rollout approve demo')).json().next).toBe(
      '`full` needs 1 more',
    );
    expect((await desk.say(TUESDAY, '/rollout approve demo')).json()).toMatchObject({
      outcome: 'nothing',
      text: 'demo@production: ada has approved full before',
    });
    expect((await desk.tick(TUESDAY)).of('demo').decision.code).toBe('needs-approval');
    await desk.run(TUESDAY, 'respond', '/rollout approve demo', '--as', 'grace');
    expect((await desk.tick(TUESDAY)).of('demo').decision).toMatchObject({
      kind: 'advance',
      to: 'full',
    });
    expect(await desk.status(FILE)).not.toHaveProperty('approvals');
  });

  it('kill and unkill switch a flag off and on, and restart its clock', async () => {
    const desk = await deskOf({ demo: AT_QUARTER });
    const before = await desk.file(FILE);
    await desk.say(TUESDAY, '/rollout kill demo on fire');
    expect(await desk.target('demo')).toMatchObject({
      killed: true,
      variant: 'off',
      audiences: [],
    });
    expect((await desk.tick(TUESDAY)).of('demo').decision.kind).toBe('kill');
    await desk.say(june(2, '11:00'), '/rollout unkill demo');
    expect(await desk.target('demo')).toMatchObject({ killed: false, stage: 'quarter' });
    expect(await desk.status(FILE)).toMatchObject({ stage: 'quarter', since: june(2, '11:00') });
    expect((await desk.file(FILE)).replace(/^status.*$/m, '')).toBe(
      before.replace(/^status.*$/m, ''),
    );
    expect((await desk.tick(june(3, '10:00'))).of('demo').decision.code).toBe('dwell');
  });

  it('restart begins at the first stage again', async () => {
    const desk = await deskOf({ demo: AT_QUARTER });
    await desk.say(TUESDAY, '/rollout restart demo');
    expect(await desk.status(FILE)).toEqual({ phase: 'pending', entry: 2 });
    expect(await desk.target('demo')).toMatchObject({ variant: 'off', audiences: [] });
    await desk.tick(TUESDAY);
    expect(await desk.status(FILE)).toMatchObject({ stage: 'canary', since: TUESDAY });
  });

  it('status and help show and change nothing', async () => {
    const desk = await deskOf({ demo: AT_QUARTER });
    const commits = await desk.count();
    const status = await desk.show(TUESDAY, ['respond', '/rollout status demo']);
    expect(status.stdout).toContain('demo@production  progressing');
    expect((await desk.say(TUESDAY, '/rollout status')).json().rollouts).toHaveLength(1);
    const help = await desk.show(TUESDAY, ['respond', '/rollout help']);
    expect(help.stdout).toContain('/rollout rollback <flag>[@environment] [reason]');
    expect([status.code, help.code]).toEqual([0, 0]);
    expect(await desk.count()).toBe(commits);
  });

  it.each([
    ['/rollout rolback demo', 'did you mean `rollback`?'],
    ['/rollout rollback', 'rollback which flag?'],
    ['/rollout rollback dmeo', 'did you mean `demo`?'],
    ['/rollout rollback demo@staging', 'there is: demo@production'],
    ['/rollout status dmeo', 'did you mean `demo`?'],
  ])('%s is refused with a suggestion', async (text, hint) => {
    const desk = await deskOf({ demo: AT_QUARTER });
    const reply = await desk.say(TUESDAY, text);
    expect(reply.code).toBe(1);
    expect(`${reply.json().text} ${reply.json().next}`).toContain(hint);
    expect(await desk.count()).toBe(2);
  });

  it('is found on a line of its own, and text without one is none', async () => {
    const desk = await deskOf({ demo: AT_QUARTER });
    const ignored = await desk.say(TUESDAY, 'please do not /rollout kill demo');
    expect(ignored).toMatchObject({ code: 2 });
    expect(ignored.json()).toMatchObject({ outcome: 'ignored' });
    const comment = 'It burns.\r\n\r\n  /rollout kill demo because of this\r\nThanks!';
    expect((await desk.say(TUESDAY, comment)).json().outcome).toBe('done');
  });

  it('changes nothing in a dry run', async () => {
    const desk = await deskOf({ demo: AT_QUARTER });
    const before = await desk.repo.git('for-each-ref');
    for (const verb of ['rollback', 'pause', 'kill', 'restart']) {
      const reply = await desk.say(TUESDAY, `/rollout ${verb} demo`, '--dry-run');
      expect(reply.json().text).toContain('dry run');
    }
    expect(await desk.repo.git('for-each-ref')).toBe(before);
    expect(await desk.dirt()).toBe('');
  });

  it('withdraws the revert of the stage that it ends', async () => {
    const desk = await deskOf({
      bad: { ...AT_QUARTER, more: 'rollback: {via: pull-request}' },
    });
    await desk.tick(TUESDAY);
    expect(await desk.reverts()).toHaveLength(1);
    await desk.say(TUESDAY, '/rollout rollback bad');
    expect(await desk.reverts()).toEqual([]);
  });
});

describe.concurrent('in two environments', () => {
  const config = `environments: [staging, production]\n${REPLAY_CONFIG}`;

  it('a command must say which', async () => {
    const desk = await openDesk(MONDAY, {
      '.github/sluice.yml': config,
      'metrics.csv': recording([june(1, '00:00'), 'errors demo on', 0.001]),
      'rollouts/staging/demo.yaml': rolloutText('demo', AT_QUARTER),
      'rollouts/production/demo.yaml': rolloutText('demo', AT_QUARTER),
    });
    const vague = await desk.say(TUESDAY, '/rollout pause demo');
    expect(vague.code).toBe(1);
    expect(vague.json().text).toBe(
      '`demo` is rolled out in several environments: demo@production, demo@staging',
    );
    const reply = await desk.say(TUESDAY, '/rollout pause demo@staging');
    expect(reply.json().outcome).toBe('done');
    expect(await desk.status('rollouts/staging/demo.yaml')).toMatchObject({ phase: 'paused' });
    expect(await desk.status('rollouts/production/demo.yaml')).toMatchObject({
      phase: 'progressing',
    });
  });

  it('production starts once staging is completed, and not before', async () => {
    const desk = await openDesk(MONDAY, {
      '.github/sluice.yml': config,
      'metrics.csv': recording(
        [june(1, '00:00'), 'errors demo on', 0.001],
        [june(1, '00:00'), 'errors demo off', 0.001],
      ),
      'rollouts/staging/demo.yaml': rolloutText('demo', { status: inStage('full', MONDAY) }),
      'rollouts/production/demo.yaml': rolloutText('demo', { more: 'after: staging' }),
    });
    const held = await desk.tick(june(1, '10:00'));
    expect(held.of('demo@production').decision).toMatchObject({
      kind: 'hold',
      code: 'waiting-for-environment',
    });
    expect((await desk.tick(TUESDAY)).of('demo@staging').decision.kind).toBe('complete');
    await desk.tick(june(2, '10:05'));
    expect(await desk.status('rollouts/production/demo.yaml')).toMatchObject({
      phase: 'progressing',
      stage: 'canary',
    });
  });

  it('production does not start in the tick that takes staging back', async () => {
    const completed = inStage('full', MONDAY).replace('progressing', 'completed');
    const desk = await openDesk(MONDAY, {
      '.github/sluice.yml': config,
      'metrics.csv': recording([june(1, '00:00'), 'errors demo on', 0.05]),
      'rollouts/staging/demo.yaml': rolloutText('demo', { status: completed }),
      'rollouts/production/demo.yaml': rolloutText('demo', { more: 'after: staging' }),
    });
    const ran = await desk.tick(TUESDAY);
    expect(ran.of('demo@staging').decision.kind).toBe('rollback');
    expect(ran.of('demo@production').decision).toMatchObject({
      kind: 'hold',
      code: 'waiting-for-environment',
    });
    expect(await desk.status('rollouts/production/demo.yaml')).not.toMatchObject({
      phase: 'progressing',
    });
  });
});

describe.concurrent('an invalid rollout file', () => {
  /** A file that was compiled while it was valid, and then broken. */
  async function broken(damage: (text: string) => string): Promise<Desk> {
    const desk = await deskOf({ demo: AT_QUARTER, other: { status: inStage('canary', MONDAY) } });
    await desk.commit(june(1, '12:00'), 'Break it', { [FILE]: damage(await desk.file(FILE)) });
    return desk;
  }
  const cases: readonly (readonly [string, (text: string) => string])[] = [
    ['with an unknown key', (text) => text.replace('risk:', 'rsik:')],
    ['that is no YAML', (text) => `<<<<<<< HEAD\n${text}=======\n>>>>>>> theirs\n`],
    ['of another kind', () => '- just\n- a list\n'],
  ];

  it.each(cases)('%s stays in force as it was, and the others go on', async (_, damage) => {
    const desk = await broken(damage);
    const before = await desk.target('demo');
    const tick = await desk.tick(TUESDAY);
    expect(tick.code).toBe(1);
    expect(tick.json().failures).toMatchObject([{ code: 'invalid-rollout', subject: FILE }]);
    expect(tick.json().failures[0]?.detail).toMatch(/^rollouts\/demo\.yaml:\d+:\d+ /);
    expect(await desk.target('demo')).toEqual(before);
    expect(await desk.status('rollouts/other.yaml')).toMatchObject({ stage: 'quarter' });
    const status = await desk.show(TUESDAY, ['status']);
    expect(status.stdout).toContain(`${FILE}  invalid`);
  });

  it.each(cases)('%s obeys kill, and nothing else', async (_, damage) => {
    const desk = await broken(damage);
    const refused = await desk.say(TUESDAY, '/rollout pause demo');
    expect(refused.code).toBe(1);
    expect(refused.json().next).toBe('Fix the file first; only kill works until then.');
    const killed = await desk.say(TUESDAY, '/rollout kill demo\nRollout: forged');
    // What is no mapping takes no key: then the line is all that can be added.
    expect(killed.code, killed.stdout).toBe(0);
    expect(await desk.target('demo')).toMatchObject({
      killed: true,
      variant: 'off',
      audiences: [],
    });
    expect((await desk.tick(TUESDAY)).json().failures[0]?.detail).toContain(
      'its kill switch is obeyed',
    );
    expect((await desk.say(TUESDAY, '/rollout kill demo')).json().outcome).toBe('nothing');
  });

  it('obeys kill also where the command names its environment', async () => {
    const desk = await broken((text) => text.replace('risk:', 'rsik:'));
    expect((await desk.say(TUESDAY, '/rollout kill demo@production')).json()).toMatchObject({
      outcome: 'done',
    });
    expect(await desk.target('demo')).toMatchObject({ killed: true });
  });

  it.each(['yes', 'on', "'true'", 'TRUE', '1'])(
    'is off where somebody in a hurry wrote kill: %s',
    async (word) => {
      const desk = await broken((text) => `${text}kill: ${word}\n`);
      expect((await desk.tick(TUESDAY)).code).toBe(word === 'TRUE' ? 0 : 1);
      expect(await desk.target('demo')).toMatchObject({ killed: true, audiences: [] });
    },
  );

  it.each(['no', 'false', "''", 'maybe'])('is not off for kill: %s', async (word) => {
    const desk = await broken((text) => `${text}kill: ${word}\nrsik: low\n`);
    await desk.tick(TUESDAY);
    expect(await desk.target('demo')).toMatchObject({ killed: false, stage: 'quarter' });
  });

  const written: readonly (readonly [string, (text: string) => Buffer])[] = [
    ['Latin-1', (text) => Buffer.from(`# für alle\n${text}`, 'latin1')],
    ['UTF-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ];

  it.each(written)('in %s is off where it says so', async (_, bytes) => {
    const desk = await deskOf({ demo: AT_QUARTER });
    await desk.repo.write(FILE, bytes(`${await desk.file(FILE)}kill: true\n`));
    await desk.commit(june(1, '12:00'), 'Kill it', {});
    const tick = await desk.tick(TUESDAY);
    expect(tick.json().failures[0]?.detail).toMatch(/not UTF-8 .* its kill switch is obeyed$/);
    expect(await desk.target('demo')).toMatchObject({ killed: true, variant: 'off' });
  });

  it.each(written)('in %s obeys kill, and can be read from then on', async (_, bytes) => {
    const desk = await deskOf({ demo: AT_QUARTER });
    await desk.repo.write(FILE, bytes(await desk.file(FILE)));
    await desk.commit(june(1, '12:00'), 'Save it', {});
    await desk.tick(TUESDAY);
    expect(await desk.target('demo')).toMatchObject({ killed: false, variant: 'on' });
    expect((await desk.say(TUESDAY, '/rollout kill demo')).json()).toMatchObject({
      outcome: 'done',
    });
    expect(await desk.target('demo')).toMatchObject({ killed: true, variant: 'off' });
    const tick = await desk.tick(TUESDAY);
    expect([tick.code, tick.of('demo').decision.kind]).toEqual([0, 'kill']);
  });

  it('is suggested like any other when its flag is misspelt', async () => {
    const desk = await broken((text) => text.replace('risk:', 'rsik:'));
    expect((await desk.say(TUESDAY, '/rollout kill dmeo')).json().next).toContain('`demo`');
  });

  it('twice for one flag obeys kill, in every file', async () => {
    const desk = await deskOf({ demo: AT_QUARTER });
    await desk.commit(june(1, '12:00'), 'Twice', {
      'rollouts/team/demo.yaml': rolloutText('demo', {
        ...AT_QUARTER,
        more: 'environment: production',
      }),
    });
    expect((await desk.tick(TUESDAY)).json().failures).toMatchObject([
      { code: 'invalid-rollout', subject: FILE },
      { code: 'invalid-rollout', subject: 'rollouts/team/demo.yaml' },
    ]);
    expect(await desk.target('demo')).toMatchObject({ stage: 'quarter', killed: false });
    expect((await desk.say(TUESDAY, '/rollout kill demo')).json().outcome).toBe('done');
    expect(await desk.target('demo')).toMatchObject({ killed: true, audiences: [] });
  });

  it('twice for one flag is off where either says so, and not only the one that was compiled', async () => {
    const desk = await deskOf({ demo: AT_QUARTER });
    const more = 'environment: production\nkill: true';
    await desk.commit(june(1, '12:00'), 'Kill it', {
      'rollouts/team/demo.yaml': rolloutText('demo', { more }),
    });
    expect((await desk.tick(TUESDAY)).code).toBe(1);
    expect(await desk.target('demo')).toMatchObject({ killed: true, audiences: [] });
  });
});

describe.concurrent('a rollout file that is moved and broken in one commit', () => {
  /** Moves the file, with what is done to its text, while the entry of the old one stands. */
  async function moved(to: string, damage: (text: string) => string): Promise<Desk> {
    const desk = await deskOf({ demo: AT_QUARTER });
    const text = damage(await desk.file(FILE));
    await desk.repo.git('rm', '--quiet', FILE);
    await desk.commit(june(1, '12:00'), 'Move and break it', { [to]: text });
    return desk;
  }
  const misspelt = (text: string): string => text.replace('risk:', 'rsik:');
  const cases: readonly (readonly [string, string, (text: string) => string])[] = [
    ['another folder', 'rollouts/production/demo.yaml', misspelt],
    ['a folder that is no environment', 'rollouts/payments/demo.yaml', (text) => text],
    ['another name', 'rollouts/demonstration.yaml', misspelt],
    ['another name, and no YAML', 'rollouts/demonstration.yaml', (text) => `<<<<<<<\n${text}`],
    [
      'another folder, its flag misspelt',
      'rollouts/production/demo.yaml',
      (text) => text.replace('flag: demo', 'flag: dmeo'),
    ],
  ];

  it.each(cases)('(%s) is off where it is killed as well', async (_, to, damage) => {
    const desk = await moved(to, (text) => `kill: true\n${damage(text)}`);
    const off = { killed: true, variant: 'off', audiences: [], file: to };
    for (const now of [june(1, '12:05'), TUESDAY]) {
      const tick = await desk.tick(now);
      expect(tick.code).toBe(1);
      expect(tick.json().failures).toMatchObject([{ code: 'invalid-rollout', subject: to }]);
      expect(tick.json().failures[0]?.detail).toMatch(/its kill switch is obeyed$/);
      expect(await desk.target('demo')).toMatchObject(off);
    }
  });

  it.each(cases)('(%s) stays in force where it is not, and obeys kill', async (_, to, damage) => {
    const desk = await moved(to, damage);
    const before = await desk.target('demo');
    await desk.tick(TUESDAY);
    expect(await desk.target('demo')).toEqual({ ...before, file: to });
    const killed = await desk.say(TUESDAY, '/rollout kill demo');
    expect(killed.json(), killed.stdout).toMatchObject({ outcome: 'done' });
    expect(await desk.target('demo')).toMatchObject({ killed: true, audiences: [] });
  });

  it('does not say that its kill is obeyed where nobody can tell whose it is', async () => {
    const to = 'rollouts/demonstration.yaml';
    const desk = await moved(to, (text) => `kill: true\n${text.replace(/^flag:.*\n/m, '')}`);
    const tick = await desk.tick(TUESDAY);
    expect(tick.code).toBe(1);
    expect(tick.json().failures).toMatchObject([{ code: 'kill-not-obeyed', subject: to }]);
    expect(tick.json().failures[0]?.detail).toMatch(
      /its kill switch is not obeyed everywhere: flags\/exposures\.json has no entry of rollouts\/demonstration\.yaml, nor one of a flag demonstration: .* fix the file$/,
    );
    const compiled = await desk.run(TUESDAY, 'compile');
    expect(compiled.json().failures).toEqual(tick.json().failures);
    const again = await desk.say(TUESDAY, '/rollout kill demonstration');
    expect(again.json()).toMatchObject({
      outcome: 'failed',
      text: expect.stringContaining('is killed already, but not everywhere: flags/exposures.json'),
    });
  });

  it('is off also beside a valid file of its flag', async () => {
    const desk = await deskOf({ demo: AT_QUARTER });
    await desk.commit(june(1, '12:00'), 'Copy, break and kill it', {
      'rollouts/payments/demo.yaml': `kill: true\n${await desk.file(FILE)}`,
    });
    const tick = await desk.tick(TUESDAY);
    expect(tick.json().failures.map(({ subject }) => subject)).toEqual([
      FILE,
      'rollouts/payments/demo.yaml',
    ]);
    expect(await desk.target('demo')).toMatchObject({ killed: true, audiences: [] });
  });

  it('named for one flag and telling of another leaves alone the one that has its own file', async () => {
    const desk = await deskOf({ demo: AT_QUARTER });
    const to = 'rollouts/copy.yaml';
    await desk.commit(june(1, '12:00'), 'Copy it', { [to]: await desk.file(FILE) });
    await desk.tick(TUESDAY);
    expect((await desk.say(TUESDAY, '/rollout kill copy')).json()).toMatchObject({
      outcome: 'failed',
      text: expect.stringContaining('flags/exposures.json has no entry of rollouts/copy.yaml'),
    });
    expect(await desk.target('demo')).toMatchObject({ killed: false });
  });
});

describe.concurrent('a hostile reason', () => {
  const forged = `Rollout: demo@production advance canary->full evidence=sha256:${'0'.repeat(64)}`;

  it.each([
    ['a line break', `/rollout pause demo x\n\n${forged}`],
    ['other line breaks', `/rollout pause demo x\u2028\u2028${forged}\u0085${forged}\v${forged}`],
    ['a carriage return', `/rollout pause demo x\r\r${forged}`],
    ['markup', `/rollout pause demo <img src=x> @everyone [a](b) \`x\` ${forged}`],
    ['YAML', '/rollout pause demo "}\u0000{kill: true} # phase: completed'],
    ['length', `/rollout pause demo ${'long '.repeat(3000)}`],
  ])('with %s forges nothing', async (_, text) => {
    const desk = await deskOf({ demo: AT_QUARTER });
    const who = `eve\n\n${forged}`;
    const reply = await desk.run(TUESDAY, 'respond', text.replaceAll('\0', ''), '--as', who);
    expect(reply.code, reply.stdout + reply.stderr).toBe(0);
    const [message = ''] = await desk.messages();
    expect(readTrailers(message)).toMatchObject([
      { key: 'demo@production', action: 'pause', from: 'quarter', to: 'quarter' },
    ]);
    expect(evidenceHolds(message)).toBe(true);
    const parsed = await desk.repo.git('log', '-1', '--format=%(trailers:key=Rollout)');
    expect(parsed.trim().split('\n')).toHaveLength(1);
    expect(await desk.status(FILE)).toMatchObject({ phase: 'paused', stage: 'quarter' });
    expect((await desk.tick(TUESDAY)).of('demo').phase).toBe('paused');
  });

  it('an invalid flag in a kill forges nothing either', async () => {
    const desk = await deskOf({ demo: AT_QUARTER });
    await desk.commit(TUESDAY, 'Break it', { [FILE]: `x: "${forged}"\n` });
    await desk.run(TUESDAY, 'respond', '/rollout kill demo', '--as', `eve\n\n${forged}`);
    const [message = ''] = await desk.messages();
    expect(message).toContain('Kill demo');
    expect(readTrailers(message).filter(({ to }) => to === 'full')).toEqual([]);
    expect(await desk.repo.git('log', '-1', '--format=%(trailers:key=Rollout)')).not.toContain(
      'canary->full',
    );
  });
});
