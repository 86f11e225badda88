import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Step } from '../../src/migrate/step.ts';
import { childOf } from '../../src/model/json.ts';
import { readTrailers } from '../../src/tell/commit.ts';
import { runCli } from '../../src/terminal/run.ts';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';

/** The steps that the program of these tests has: it is run in this process, for there is none yet. */
const registry = vi.hoisted(() => ({ steps: [] as unknown[], version: 1 }));
vi.mock('../../src/migrate/steps.ts', () => ({
  get STEPS() {
    return registry.steps;
  },
}));
vi.mock('../../src/model/config.ts', async (original) => ({
  ...(await original<typeof import('../../src/model/config.ts')>()),
  get FORMAT_VERSION() {
    return registry.version;
  },
}));

/** Drops what is the default, and names a rule otherwise. */
const DEFAULTS: Step = {
  from: 1,
  to: 1,
  says: 'Drop keys that say the default',
  ofConfig: ({ value }) =>
    childOf(value, 'settle') === '5m' ? [{ path: ['settle'], value: undefined }] : [],
  ofRollout: () => [{ path: ['bucket_by'], value: undefined }],
};

/** What no step may do: it changes who is served. */
const WRONG: Step = {
  from: 1,
  to: 1,
  says: 'Be bolder',
  ofConfig: () => [],
  ofRollout: () => [{ path: ['stages', 1, 'percentage'], value: 50 }],
};

/** To a format in which a crew is called owners, and places environments. */
const CREW: Step = {
  from: 1,
  to: 2,
  says: 'Call a crew its owners',
  ofConfig: () => [{ path: ['places'], name: 'environments' }],
  ofRollout: () => [{ path: ['crew'], name: 'owners' }],
};

const CONFIG = '.github/sluice.yml';
const WELL = 'rollouts/well.yaml';
const SOON = 'rollouts/soon.yaml';
const SINCE = june(1, '09:00');
const NOW = june(2, '10:00');
const TWO = 'bucket_by: targetingKey   # as ever';

const inQuarter = (flag: string, since: string): string =>
  rolloutText(flag, { more: TWO, status: inStage('quarter', since) });

const FILES = {
  [CONFIG]: `settle: 5m   # as ever\n${REPLAY_CONFIG}`,
  'metrics.csv': recording(
    [june(1, '00:00'), 'errors soon on', 0.001],
    [june(1, '00:00'), 'errors well on', 0.001],
  ),
  [WELL]: inQuarter('well', SINCE),
  [SOON]: inQuarter('soon', june(2, '09:30')),
};

beforeEach(() => {
  registry.steps = [DEFAULTS];
  registry.version = 1;
});
afterAll(closeDesks);

interface InProcess {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the command prints
  json(): any;
}

/** Runs the program on a desk with the steps of these tests. */
async function run({ dir }: Desk, now: string, ...args: readonly string[]): Promise<InProcess> {
  let [stdout, stderr] = ['', ''];
  const code = await runCli([...args, '--now', now], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    cwd: dir,
    clock: () => Date.parse(now),
  });
  return { code, stdout, stderr, json: () => JSON.parse(stdout) };
}

/** What a tick decides of every flag, and since when each is where it is. */
async function decided(desk: Desk, now = NOW): Promise<unknown> {
  const ran = await run(desk, now, 'reconcile', '--dry-run', '--json');
  return [ran.code, ran.json().rollouts];
}

async function open(files: Readonly<Record<string, string>> = FILES): Promise<Desk> {
  const desk = await openDesk(SINCE, files);
  await run(desk, june(1, '09:01'), 'compile');
  return desk;
}

describe('sluice migrate', () => {
  it('rewrites both files in one commit, and leaves every other byte', async () => {
    const desk = await open();
    const before = await desk.count();
    const ran = await run(desk, NOW, 'migrate', '--json');
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(await desk.file(CONFIG)).toBe(REPLAY_CONFIG);
    expect(await desk.file(WELL)).toBe(FILES[WELL].replace(`${TWO}\n`, ''));
    expect(await desk.count()).toBe(before + 1);
    expect(ran.json()).toMatchObject({
      command: 'migrate',
      from: 1,
      to: 1,
      files: [
        {
          file: CONFIG,
          says: ['Drop keys that say the default'],
          changes: [{ line: 1, removed: ['settle: 5m   # as ever'], added: [] }],
        },
        { file: SOON, changes: [{ line: 10, removed: [TWO], added: [] }] },
        { file: WELL },
      ],
      commit: await desk.repo.git('rev-parse', 'main'),
      failures: [],
    });
    expect(await desk.dirt()).toBe('');
  });

  it('says in plain words what it did, with no trailer of a move', async () => {
    const desk = await open();
    await run(desk, NOW, 'migrate');
    const [message = ''] = await desk.messages();
    expect(message).toBe(
      [
        'Replace old names in 3 files',
        '',
        '- Drop keys that say the default.',
        '',
        'The files mean the same as before: no rollout moves, and no stage starts over.',
        '',
        `  ${CONFIG}`,
        `  ${SOON}`,
        `  ${WELL}`,
      ].join('\n'),
    );
    expect(readTrailers(message)).toEqual([]);
  });

  it('is followed by a tick that decides what it would have decided before', async () => {
    const desk = await open();
    const before = await decided(desk);
    await run(desk, june(2, '09:59'), 'migrate');
    expect(await decided(desk)).toEqual(before);
    const tick = await run(desk, NOW, 'reconcile', '--json');
    const kinds = tick.json().commits.flatMap(({ moves }: { moves: unknown[] }) => moves);
    expect(kinds).toMatchObject([{ key: 'well@production', action: 'advance' }]);
    expect(await desk.status(SOON)).toMatchObject({ stage: 'quarter' });
  });

  it('keeps the clock where an edit by hand would restart it', async () => {
    const desk = await open();
    registry.steps = [];
    await desk.commit(june(2, '09:59'), 'Replace old names in 1 file', {
      [WELL]: FILES[WELL].replace('bucket_by: targetingKey', "bucket_by: 'targetingKey'"),
    });
    // Only quotes, which nobody counts.
    expect(JSON.stringify(await decided(desk))).toContain('"advance"');
    await desk.commit(june(2, '09:59'), 'Replace old names in 1 file', {
      [WELL]: FILES[WELL].replace(`${TWO}\n`, ''),
    });
    expect(JSON.stringify(await decided(desk))).not.toContain('"advance"');
    registry.steps = [DEFAULTS];
    expect(JSON.stringify(await decided(desk))).toContain('"advance"');
  });

  it('shows what it would do, and writes nothing in a dry run', async () => {
    const desk = await open();
    const head = await desk.repo.git('rev-parse', 'main');
    const ran = await run(desk, NOW, 'migrate', '--dry-run');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toBe(`${CONFIG}
  Drop keys that say the default.
  line 1
  - settle: 5m   # as ever

${SOON}
  Drop keys that say the default.
  line 10
  - ${TWO}

${WELL}
  Drop keys that say the default.
  line 10
  - ${TWO}

nothing was written (--dry-run); as a commit: no rollout moves, and no stage starts over
`);
    expect(await desk.repo.git('rev-parse', 'main')).toBe(head);
  });

  it('finds nothing to do the second time', async () => {
    const desk = await open();
    await run(desk, NOW, 'migrate');
    const after = await desk.count();
    const again = await run(desk, NOW, 'migrate');
    expect([again.code, again.stdout]).toEqual([
      0,
      'nothing to migrate: the config and the rollout files are up to date (format version 1)\n',
    ]);
    expect(await desk.count()).toBe(after);
  });

  it('works without a config, where the defaults are in force', async () => {
    const desk = await openDesk(SINCE, { [WELL]: FILES[WELL].replace('[errors]', '[]') });
    expect((await run(desk, NOW, 'migrate')).code).toBe(0);
    expect(await desk.file(WELL)).not.toContain('bucket_by');
  });
});

describe('sluice migrate writes nothing', () => {
  async function refused(desk: Desk): Promise<InProcess> {
    const head = await desk.repo.git('rev-parse', 'main');
    const ran = await run(desk, NOW, 'migrate', '--json');
    expect(await desk.repo.git('rev-parse', 'main')).toBe(head);
    return ran;
  }

  it('where a step would change who is served', async () => {
    registry.steps = [DEFAULTS, WRONG];
    const ran = await refused(await open());
    expect(ran.code).toBe(1);
    expect(ran.json().failures).toMatchObject([
      { code: 'edit-refused', subject: SOON, detail: expect.stringContaining('a bug in Sluice') },
      { code: 'edit-refused', subject: WELL },
    ]);
  });

  it('where a step would change what the config means for users', async () => {
    registry.steps = [
      { ...DEFAULTS, ofConfig: () => [{ path: ['settle'], value: '1m' }] } satisfies Step,
    ];
    const ran = await refused(await open());
    expect([ran.code, ran.json().error.code]).toEqual([2, 'bad-migration']);
  });

  it('where a file cannot be parsed: all of them are migrated, or none', async () => {
    const ran = await refused(await open({ ...FILES, [SOON]: 'flag: [\n' }));
    expect(ran.code).toBe(1);
    expect(ran.json().failures).toMatchObject([
      {
        code: 'invalid-rollout',
        subject: expect.stringMatching(/^rollouts\/soon\.yaml:\d+:\d+$/),
        detail: expect.stringContaining('fix the file first'),
      },
    ]);
  });

  it('where a file has uncommitted changes in the work tree', async () => {
    const desk = await open();
    await desk.repo.write(WELL, '# Mine.\n');
    const ran = await refused(desk);
    expect([ran.code, ran.json().failures[0].code]).toEqual([1, 'commit-refused']);
    expect(ran.json().commit).toBeNull();
  });

  it.each([
    ['cannot be parsed', 'policy: [\n', 'bad-config'],
    ['has an error', 'nonsense: 1\n', 'bad-config'],
    ['is for a newer Sluice', 'version: 2\n', 'newer-format'],
  ])('where the config %s', async (_, config, code) => {
    const ran = await refused(await open({ ...FILES, [CONFIG]: config }));
    expect([ran.code, ran.json().error.code]).toEqual([2, code]);
    expect(ran.stderr).toContain(`${CONFIG}:`);
  });
});

describe('the day the format has version 2', () => {
  const OLD = {
    ...FILES,
    [CONFIG]: `places: [production]   # one\n${REPLAY_CONFIG}`,
    [WELL]: FILES[WELL].replace('owners:', 'crew:'),
    [SOON]: FILES[SOON].replace('owners:', 'crew:'),
  };
  /** Compiled by the Sluice of version 1, which is no more: its files are those of version 2 today. */
  async function upgraded(): Promise<Desk> {
    const desk = await open(FILES);
    await desk.commit(june(1, '09:02'), 'As version 1 wrote it', OLD);
    registry.steps = [CREW];
    registry.version = 2;
    return desk;
  }

  it('a tick holds with what to do, and a kill works', async () => {
    const desk = await upgraded();
    const tick = await run(desk, NOW, 'reconcile', '--json');
    expect(tick.code).toBe(2);
    expect(tick.json().problems).toMatchObject([
      { code: 'older-format', hint: 'run `sluice migrate`, which rewrites the files' },
    ]);
    expect(tick.json().commits).toEqual([]);
    const said = await run(desk, NOW, 'respond', '/rollout kill well', '--json');
    expect([said.code, said.json().outcome], said.stdout).toEqual([0, 'done']);
    expect(await desk.file(WELL)).toMatch(/^kill: true$/m);
    expect(await desk.target('well')).toMatchObject({ killed: true });
  });

  it('migrate writes the version, and no clock starts over', async () => {
    const desk = await upgraded();
    const ran = await run(desk, june(2, '09:59'), 'migrate', '--json');
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(ran.json()).toMatchObject({ from: 1, to: 2 });
    expect(await desk.file(CONFIG)).toBe(
      `environments: [production]   # one\n${REPLAY_CONFIG}version: 2\n`,
    );
    expect(await desk.file(WELL)).toBe(FILES[WELL]);
    const [message = ''] = await desk.messages();
    expect(message).toMatch(/^Migrate 3 files to format version 2\n/);
    const tick = await run(desk, NOW, 'reconcile', '--json');
    expect(tick.json().rollouts).toMatchObject([
      { key: 'soon@production', decision: { kind: 'hold', code: 'dwell' } },
      { key: 'well@production', decision: { kind: 'advance' } },
    ]);
  });
});
