import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePackage } from '../support/debian.ts';
import { closeDesks, type Desk, onDisk, openCompiledDesk, TARGET } from '../support/desk.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';

afterAll(closeDesks);

const MONDAY = june(1, '09:00');
const TUESDAY = june(2, '10:00');
const FILE = 'rollouts/demo.yaml';
const SECOND = 'flags/second.json';
const KILL = '/rollout kill demo it burns';

/** A flag at a quarter of its users, compiled; in breach if its errors say so. */
async function demo(
  options: {
    readonly errors?: number;
    readonly checks?: string;
    readonly files?: Readonly<Record<string, string>>;
    readonly bare?: boolean;
  } = {},
): Promise<Desk> {
  const { errors = 0.001, checks = '[errors]', files = {}, ...how } = options;
  return openCompiledDesk(
    MONDAY,
    {
      '.github/sluice.yml': REPLAY_CONFIG,
      'metrics.csv': recording([june(1, '00:00'), 'errors demo on', errors]),
      [FILE]: rolloutText('demo', { status: inStage('quarter', MONDAY), checks }),
      ...files,
    },
    how,
  );
}

const OFF = { killed: true, variant: 'off', audiences: [] };

interface Dirt {
  readonly name: string;
  readonly make: (desk: Desk) => Promise<unknown>;
}

const DIRT: readonly Dirt[] = [
  { name: 'local edits in the flag file', make: ({ repo }) => repo.write(FILE, 'mine\n') },
  { name: 'local edits in a target', make: ({ repo }) => repo.write(TARGET, 'mine\n') },
  {
    name: 'a flag file that is staged and edited',
    make: async ({ repo }) => {
      await repo.write(FILE, 'staged\n');
      await repo.git('add', FILE);
      await repo.write(FILE, 'mine\n');
    },
  },
  {
    name: 'a merge with conflicts',
    make: async ({ repo }) => {
      await repo.git('switch', '--quiet', '-c', 'side');
      await repo.write('notes.txt', 'side\n');
      await repo.commitAll('Side', { date: Date.parse(MONDAY) });
      await repo.git('switch', '--quiet', 'main');
      await repo.write('notes.txt', 'main\n');
      await repo.commitAll('Main', { date: Date.parse(MONDAY) });
      await repo.git('merge', '--quiet', 'side').catch(() => undefined);
      expect(await dirtOf(repo)).toContain('AA notes.txt');
    },
  },
  {
    name: 'an index that another git process holds',
    make: ({ dir }) => writeFile(join(dir, '.git/index.lock'), ''),
  },
];

const dirtOf = (repo: Desk['repo']) => repo.git('status', '--porcelain');

describe.concurrent('a work tree with', () => {
  it.each(DIRT)('$name does not stop a kill, and keeps what is in it', async ({ make }) => {
    const desk = await demo();
    await make(desk);
    const before = await Promise.all([onDisk(desk, FILE), onDisk(desk, TARGET)]);
    const reply = await desk.say(TUESDAY, KILL);
    expect([reply.code, reply.json().outcome], reply.stdout).toEqual([0, 'done']);
    expect(await desk.file(FILE)).toMatch(/^kill: true$/m);
    expect(await desk.target('demo')).toMatchObject(OFF);
    const after = await Promise.all([onDisk(desk, FILE), onDisk(desk, TARGET)]);
    for (const [index, text] of before.entries()) {
      if (text === 'mine\n') expect(after[index]).toBe(text);
    }
  });

  it.each(['rollback', 'pause', 'restart'])('local edits does not stop %s either', async (verb) => {
    const desk = await demo();
    await desk.repo.write(FILE, 'mine\n');
    const reply = await desk.say(TUESDAY, `/rollout ${verb} demo`);
    expect([reply.code, reply.json().outcome], reply.stdout).toEqual([0, 'done']);
    expect(await onDisk(desk, FILE)).toBe('mine\n');
    expect(reply.json().warnings).toEqual([
      expect.stringMatching(
        /rollouts\/demo\.yaml has local changes, which were kept: git status shows it as modified.*`git checkout HEAD -- rollouts\/demo\.yaml`/,
      ),
    ]);
    const shown = await desk.show(TUESDAY, ['respond', '/rollout kill demo', '--as', 'ada']);
    expect(shown.stdout).toContain('which were kept');
  });

  it('local edits holds what would give users more', async () => {
    const desk = await demo();
    await desk.repo.write(FILE, 'mine\n');
    const head = await desk.repo.git('rev-parse', 'main');
    const reply = await desk.say(TUESDAY, '/rollout promote demo');
    expect(reply.json()).toMatchObject({ outcome: 'failed' });
    expect(reply.json().next).toContain('has local edits that are not committed');
    expect(await desk.repo.git('rev-parse', 'main')).toBe(head);
  });

  it.each(DIRT)('$name does not stop a tick from rolling back', async ({ make }) => {
    const desk = await demo({ errors: 0.2 });
    await make(desk);
    await desk.tick(TUESDAY);
    expect(await desk.status(FILE)).toMatchObject({ phase: 'rolled-back', stage: 'canary' });
    expect(await desk.target('demo')).toMatchObject({ audiences: [{ weight: 5_000 }] });
  });

  it('local edits does not stop a tick from pausing, and the tick says what stayed', async () => {
    const desk = await demo({
      errors: 0.2,
      checks: '[{metric: errors, on_breach: pause}]',
    });
    await desk.repo.write(FILE, 'mine\n');
    const tick = await desk.tick(TUESDAY);
    expect(await desk.status(FILE)).toMatchObject({ phase: 'paused' });
    expect(tick.code).toBe(1);
    expect(tick.json().failures).toMatchObject([{ code: 'work-tree-behind' }]);
  });

  it('local edits does not keep a bump from being refused, nor a kill by hand from the targets', async () => {
    const desk = await demo({
      files: { 'rollouts/other.yaml': rolloutText('other', { status: inStage('canary', MONDAY) }) },
    });
    await desk.commit(june(1, '12:00'), 'Kill by hand', {
      [FILE]: `kill: true\n${await desk.file(FILE)}`,
    });
    await desk.repo.write('metrics.csv', recording([june(1, '00:00'), 'errors other on', 0.001]));
    await desk.repo.commitAll('Metrics', { date: Date.parse(MONDAY) });
    await desk.repo.write('rollouts/other.yaml', 'mine\n');
    const tick = await desk.tick(TUESDAY);
    expect(tick.json().failures).toMatchObject([{ code: 'commit-refused' }]);
    expect(await desk.status('rollouts/other.yaml')).toMatchObject({ stage: 'canary' });
    expect(await desk.target('demo')).toMatchObject(OFF);
  });
});

const LFS = '*.json filter=lfs diff=lfs merge=lfs -text\n';

/** A desk whose targets are kept by Git LFS. */
async function withLfs(options: Parameters<typeof demo>[0] = {}): Promise<Desk> {
  const desk = await demo(options);
  await desk.repo.git('lfs', 'install', '--local');
  await desk.commit(MONDAY, 'Keep JSON in LFS', { '.gitattributes': LFS });
  await desk.repo.git('add', '--renormalize', '.');
  await desk.repo.git('commit', '--quiet', '--allow-empty', '-m', 'Renormalise');
  expect(await desk.file(TARGET)).toContain('git-lfs.github.com');
  return desk;
}

describe.concurrent('a target that Git LFS keeps', () => {
  beforeAll(() => ensurePackage('git-lfs', ['git-lfs', 'version']));

  it('is read and written as git add would, and the work tree stays clean', async () => {
    const desk = await withLfs({ errors: 0.2 });
    await desk.tick(TUESDAY);
    expect(await desk.status(FILE)).toMatchObject({ phase: 'rolled-back', stage: 'canary' });
    expect(JSON.parse(await onDisk(desk, TARGET)).flags['demo@production']).toMatchObject({
      audiences: [{ weight: 5_000 }],
    });
    const commits = await desk.count();
    await desk.tick(june(2, '10:05'));
    expect(await desk.count()).toBe(commits);
    const reply = await desk.say(june(2, '10:10'), KILL);
    expect([reply.code, reply.json().outcome], reply.stdout).toEqual([0, 'done']);
    expect(JSON.parse(await onDisk(desk, TARGET)).flags['demo@production']).toMatchObject(OFF);
    expect(await desk.file(TARGET)).toContain('git-lfs.github.com');
    expect(await desk.dirt()).toBe('');
  });

  it('keeps the entries of invalid files, which are read through the filter', async () => {
    const desk = await withLfs();
    await desk.commit(june(1, '12:00'), 'Break', { [FILE]: `rsik: x\n${await desk.file(FILE)}` });
    await desk.tick(TUESDAY);
    const reply = await desk.say(TUESDAY, KILL);
    expect(reply.json().outcome, reply.stdout).toBe('done');
    expect(JSON.parse(await onDisk(desk, TARGET)).flags['demo@production']).toMatchObject(OFF);
  });

  it('is reported where its program is not there, and the flag file is committed', async () => {
    const desk = await withLfs();
    for (const key of ['clean', 'smudge', 'process']) {
      await desk.repo.git('config', `filter.lfs.${key}`, 'git-lfs-is-not-installed');
    }
    const reply = await desk.say(TUESDAY, KILL);
    expect(reply.code).toBe(1);
    expect(reply.json()).toMatchObject({ outcome: 'failed' });
    expect(reply.json().text).toMatch(/was not carried out everywhere: flags\/exposures\.json: /);
    expect(await desk.file(FILE)).toMatch(/^kill: true$/m);
    // Once it is there again, the same command, or a tick, writes the target.
    await desk.repo.git('lfs', 'install', '--local', '--force');
    const again = await desk.say(june(2, '10:05'), KILL);
    expect([again.code, again.json().outcome], again.stdout).toEqual([0, 'done']);
    expect(JSON.parse(await onDisk(desk, TARGET)).flags['demo@production']).toMatchObject(OFF);
  });
});

/** What may be in place of a second target. */
const MISFITS: readonly (readonly [string, (desk: Desk) => Promise<unknown>])[] = [
  ['a folder', ({ repo }) => repo.write(`${SECOND}/x.txt`, 'mine\n')],
  ['below a file', ({ repo }) => repo.write('flags2', 'mine\n')],
  ['a symbolic link', ({ dir }) => symlink('nowhere', join(dir, SECOND))],
  [
    'a submodule',
    async ({ repo }) => {
      const head = await repo.git('rev-parse', 'HEAD');
      await repo.git('update-index', '--add', '--cacheinfo', `160000,${head},${SECOND}`);
      await repo.git('commit', '--quiet', '-m', 'A submodule');
    },
  ],
  ['too large', ({ repo }) => repo.write(SECOND, 'x'.repeat(9_000_000))],
  ['not UTF-8', ({ repo }) => repo.write(SECOND, Buffer.of(0x66, 0xe9))],
  [
    'behind a filter that fails',
    async ({ repo }) => {
      await repo.write('.gitattributes', `${SECOND} filter=broken\n`);
      await repo.git('config', 'filter.broken.clean', 'false');
      await repo.git('config', 'filter.broken.required', 'true');
    },
  ],
];

describe.concurrent('a target that cannot be written because it is', () => {
  it.each(MISFITS)(
    '%s is reported, and the flag and the other target are off',
    async (name, make) => {
      const second = name === 'below a file' ? 'flags2/second.json' : SECOND;
      const target = `  - {type: json, path: ${TARGET}}\n  - {type: json, path: ${second}}\n`;
      const desk = await demo();
      await mkdir(join(desk.dir, 'flags'), { recursive: true });
      await make(desk);
      if (name !== 'a submodule') {
        await desk.commit(june(1, '12:00'), 'Make it', {});
      }
      await desk.repo.write(
        '.github/sluice.yml',
        REPLAY_CONFIG.replace(/^targets:.*$/m, `targets:\n${target}`),
      );
      await desk.repo.git('add', '.github');
      await desk.repo.git('commit', '--quiet', '-m', 'Two targets');
      const reply = await desk.say(TUESDAY, KILL);
      expect([reply.code, reply.json().outcome], reply.stdout).toEqual([1, 'failed']);
      expect(reply.json().text).toMatch(/^Kill demo@production was not carried out everywhere: /);
      expect(reply.json().text).toContain(second);
      expect(reply.json().commit).toMatch(/^[0-9a-f]{40}$/);
      expect(await desk.file(FILE)).toMatch(/^kill: true$/m);
      expect(await desk.target('demo')).toMatchObject(OFF);
    },
  );
});
