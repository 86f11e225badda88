import { existsSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCalm } from '../corpus/clean.ts';
import { rowsOf } from '../corpus/table.ts';
import { type TemporaryRepository, temporaryRepository } from '../support/git.ts';
import { type Ran, sluice } from '../support/program.ts';
import { sampled } from '../support/sampled.ts';

const NOW = '2026-06-08T10:00:00Z';
const CONFIG = '.github/sluice.yml';
const TARGET = 'flags/exposures.json';

/** A flag that would start at this very moment, by the clock alone. */
const HEALTHY = `flag: healthy
owners: ['@ada']
stages: [{name: canary, percentage: 5, duration: 7d}, {name: full, percentage: 100, duration: 1d}]
`;

let repo: TemporaryRepository;
let tip: string;
/** The rollouts without a config: each one is the first, and no earlier one is read. */
let base: string;

const run = (...args: readonly string[]): Promise<Ran> =>
  sluice(repo.dir, args, { now: NOW, env: { GITHUB_ACTIONS: 'true' } });

beforeAll(async () => {
  repo = await temporaryRepository();
  await repo.write('rollouts/healthy.yaml', HEALTHY);
  // The name that the slow globs are slow about.
  await repo.write(`rollouts/${'a'.repeat(60)}.yaml`, HEALTHY);
  base = await repo.commitAll('Rollouts');
});
afterAll(() => repo?.cleanup());

async function commitConfig(text: string | Uint8Array): Promise<void> {
  await repo.git('reset', '--quiet', '--hard', base);
  await repo.git('clean', '-fdq');
  await repo.write(CONFIG, text);
  tip = await repo.commitAll('A config');
}

/** Neither the branch nor a file is other than it was. */
async function expectUntouched(what: string): Promise<void> {
  expect(await repo.git('rev-parse', 'HEAD'), what).toBe(tip);
  expect(await repo.git('status', '--porcelain'), what).toBe('');
  expect(await repo.git('for-each-ref', '--format=%(refname)'), what).toBe('refs/heads/main');
}

describe('a hostile config', () => {
  // Two runs each: some of them, and one at least that has each code.
  const codeOf = ({ says }: { readonly says: string }): string => says.split(' ')[0] ?? '';
  const rows = sampled('configs', rowsOf('config'), 1 / 5, codeOf);

  it.each(rows.map((row) => [row.file, row.is, row.says, row] as const))(
    '%s, %s: %s, and nothing is done',
    async (_, __, ___, row) => {
      await commitConfig(row.bytes);
      const [reviewed, ticked] = await Promise.all([run('validate', '--json'), run('reconcile')]);
      expectCalm(reviewed, row.file);
      expect(reviewed.code).toBe(1);
      const [found] = reviewed.json().problems.filter(({ severity }) => severity === 'error');
      expect(`${found?.code} ${found?.line}:${found?.column}`).toBe(row.says);
      expect(found).toMatchObject({
        file: CONFIG,
        message: expect.stringMatching(/^\S.{9,499}$/u),
      });
      expect(found?.message).not.toContain('written differently');

      expectCalm(ticked, row.file);
      expect(ticked.code).toBe(2);
      const place = row.says.replace(/^\S+ /, '');
      expect(ticked.stdout).toContain(`failed ${CONFIG}:${place}: `);
      await expectUntouched(row.file);
    },
  );

  it.each([
    ['in UTF-16', Buffer.from('\uFEFFpolicy: {}\n', 'utf16le'), 'not-utf8'],
    ['in Latin-1', Buffer.from('# caf\xe9\n', 'latin1'), 'not-utf8'],
    ['of ten megabytes', Buffer.alloc(10 << 20, '#'), 'too-large'],
    ['of seven megabytes', Buffer.from(`a: [${'a, '.repeat(7 << 18)}a]\n`), 'too-large'],
  ])('%s is an error, not a repository without one', async (_, bytes, code) => {
    await commitConfig(bytes);
    await expectRefused(code);
  });

  it.each([
    ['a rollout', '../rollouts/healthy.yaml'],
    ['a file of the machine', '/etc/passwd'],
    ['itself', 'sluice.yml'],
    ['what never ends', '/dev/zero'],
    ['nothing', 'nothing.yml'],
  ])('that is a link to %s is an error, and is not followed', async (_, target) => {
    await commitConfig('');
    await rm(join(repo.dir, CONFIG));
    symlinkSync(target, join(repo.dir, CONFIG));
    tip = await repo.commitAll('A link');
    const ran = await expectRefused('symlink');
    expect(ran.stdout).not.toContain('root:');
  });
});

async function expectRefused(code: string): Promise<Ran> {
  const reviewed = await run('validate');
  expectCalm(reviewed, code);
  expect(reviewed.code).toBe(1);
  expect(reviewed.stdout).toMatch(new RegExp(`^\\.github/sluice\\.yml:1:1 error .* ${code}$`, 'm'));
  const ticked = await run('reconcile');
  expectCalm(ticked, code);
  expect(ticked.code).toBe(2);
  expect(ticked.stdout).toContain(`failed ${CONFIG}:1:1: `);
  await expectUntouched(code);
  return reviewed;
}

/** What may lie where a target is to be written. */
const STANDING: readonly (readonly [is: string, text: string])[] = [
  ['nothing', ''],
  ['no JSON', '{"flags": {'],
  ['null', 'null'],
  ['a list', '[1, 2]'],
  ['flags that are a text', '{"flags": "healthy@production"}'],
  ['entries that are no objects', '{"flags": {"broken@production": 7, "x": null, "y": ["file"]}}'],
  [
    'an entry for a broken file that calls itself another flag',
    '{"flags": {"healthy@production": {"file": "rollouts/broken.yaml", "variant": "on"}}}',
  ],
  [
    '__proto__ among the flags',
    '{"__proto__": {"x": 1}, "flags": {"__proto__": {"file": "rollouts/broken.yaml", "killed": true}}}',
  ],
];

describe('a target', () => {
  it.each(STANDING)('over %s is written anew', async (_, text) => {
    await commitConfig(`targets: [{type: json, path: ${TARGET}}]\n`);
    await repo.write('rollouts/broken.yaml', 'flag: [\n');
    await repo.write(TARGET, text);
    tip = await repo.commitAll('A target');
    const ran = await run('compile');
    expectCalm(ran, text);
    expect(ran.code).toBe(1);
    const { flags } = JSON.parse(await repo.git('show', `HEAD:${TARGET}`));
    expect(flags['healthy@production']).toMatchObject({
      file: 'rollouts/healthy.yaml',
      killed: false,
      variant: 'off',
    });
    expect(await repo.git('diff', '--name-only', tip, 'HEAD')).toBe(TARGET);
  });

  it.each([
    ['a workflow', '../.github/sluice.yml'],
    ['a file of the machine', '/etc/hostname'],
    ['a file that is not there yet', '../../owned'],
  ])('that is a link to %s stays as it is, and stops nothing else', async (_, to) => {
    await commitConfig(
      `targets: [{type: json, path: ${TARGET}}, {type: json, path: flags/second.json}]\n`,
    );
    await rm(join(repo.dir, 'rollouts/broken.yaml'), { force: true });
    await rm(join(repo.dir, 'flags'), { recursive: true, force: true });
    await repo.write('flags/readme', 'Compiled.\n');
    symlinkSync(to, join(repo.dir, TARGET));
    tip = await repo.commitAll('A link');
    const ran = await run('respond', '/rollout kill healthy', '--as', 'ada');
    expectCalm(ran, to);
    expect(ran.stdout).toContain('Kill healthy@production');
    expect((await repo.git('diff', '--name-only', tip, 'HEAD')).split('\n')).toEqual([
      'flags/second.json',
      'rollouts/healthy.yaml',
    ]);
    const ticked = await run('reconcile');
    expect(ticked.code).toBe(1);
    expect(ticked.stdout).toMatch(/failed targets: flags\/exposures\.json.*symbolic link/);
    expect(existsSync(join(repo.dir, '../owned'))).toBe(false);
    await repo.write('rollouts/healthy.yaml', HEALTHY);
  });
});
