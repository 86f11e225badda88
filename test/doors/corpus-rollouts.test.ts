import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCalm } from '../corpus/clean.ts';
import { MADE, makeAll } from '../corpus/made.ts';
import { rowsOf } from '../corpus/table.ts';
import { type TemporaryRepository, temporaryRepository } from '../support/git.ts';
import { type Ran, type Result, sluice } from '../support/program.ts';
import { onlyRules } from '../support/rules.ts';

/** A Sunday: whatever may move waits. */
const NOW = '2026-06-07T09:00:00Z';

/** Of the rules of a review those that some file of the corpus is about. */
const RULES = [
  'jump-to-full',
  'rollout-too-short',
  'status-written-by-hand',
  'unknown-segment',
  'unknown-stage',
] as const;

const CONFIG = `providers: {recorded: {type: replay, path: metrics.csv}}
metrics:
  errors: {unit: ratio, query: 'errors {{flag}} {{variant}}', limits: {max: 1%}}
  by-team: {unit: ratio, query: 'errors {{labels.team}}', limits: {max: 1%}}
policy:
  rules: ${onlyRules(...RULES)}
targets: [{type: json, path: flags/exposures.json}]
`;

/** A flag that is well: whatever is done to the others, it stays as it is. */
const HEALTHY = `flag: healthy
owners: ['@ada']
stages: [{name: canary, percentage: 5, duration: 7d}, {name: full, percentage: 100, duration: 1d}]
status: {phase: progressing, stage: canary, since: 2026-06-02T09:00:00Z, started: 2026-06-02T09:00:00Z}
`;

const ROWS = rowsOf('rollouts');
const EXPECTED: Readonly<Record<string, string>> = Object.fromEntries([
  ...ROWS.map(({ file, says }) => [`rollouts/${file}`, says]),
  ...MADE.map(({ path, says }) => [path, says]),
]);

let repo: TemporaryRepository;

const run = (...args: readonly string[]): Promise<Ran> =>
  sluice(repo.dir, args, { now: NOW, env: { GITHUB_ACTIONS: 'true' } });

/** What the tables would say of what was found. */
function saidOf(problems: Result['problems'], files: readonly string[]) {
  return Object.fromEntries(
    Object.keys(EXPECTED).map((path) => {
      if (!files.includes(path)) return [path, 'unseen'];
      const own = problems.filter(({ file }) => file === path);
      const found = own.find(({ severity }) => severity === 'error') ?? own[0];
      if (!found) return [path, 'fine'];
      const said = `${found.code} ${found.line}:${found.column}`;
      return [path, found.severity === 'error' ? said : `warns ${said}`];
    }),
  );
}

beforeAll(async () => {
  repo = await temporaryRepository();
  await repo.write('.github/sluice.yml', CONFIG);
  await repo.write('metrics.csv', 'time,series,value\n');
  await repo.write('rollouts/healthy.yaml', HEALTHY);
  await repo.commitAll('Begin', { date: Date.parse('2026-06-02T09:00:00Z') });
  for (const { file, bytes } of ROWS) await repo.write(`rollouts/${file}`, bytes);
  makeAll(repo.dir);
});
afterAll(() => repo?.cleanup());

describe('hostile rollout files', () => {
  it('are each told what is wrong and where', async () => {
    const ran = await run('validate', '--json');
    expect(ran.code).toBe(1);
    expectCalm(ran, 'validate --json');
    const { problems, files } = ran.json();
    expect(saidOf(problems, files)).toEqual(EXPECTED);
    expect(problems.filter(({ file }) => file === 'rollouts/healthy.yaml')).toEqual([]);
    for (const { message } of problems) expect(message).toMatch(/^\S.{9,499}$/u);
  });

  it('are shown to people in words alone', async () => {
    const ran = await run('validate', '--no-color');
    expect(ran.code).toBe(1);
    expectCalm(ran, 'validate');
    expect(ran.stdout).toContain('rollouts/cycle.yaml:3:13 error an alias stands inside');
    // No problem fills a screen, and no file more than a hundred.
    for (const line of ran.stdout.split('\n')) expect(line.length).toBeLessThan(1000);
    expect(ran.stdout).toContain('the file has 2,900 more problems like these');
  });

  it('on the branch move nothing, stop nobody, and are reported', async () => {
    const alone = await compiled();
    const tip = await repo.commitAll('Everything at once', { date: Date.parse(NOW) - 3_600_000 });
    for (const args of [['status'], ['reconcile', '--dry-run'], ['reconcile', '--json']]) {
      const ran = await run(...args);
      expectCalm(ran, args.join(' '));
      expect(ran.code, args.join(' ')).toBe(args[0] === 'status' ? 0 : 1);
      if (args[1] === '--json') expectReported(ran.json());
    }
    // The tick wrote the targets, and nothing else.
    expect(await repo.git('log', '--format=%s', `${tip}..HEAD`)).toBe('Compile targets');
    expect(await repo.git('diff', '--name-only', tip, 'HEAD')).toBe('flags/exposures.json');
    const again = await run('compile', '--no-color');
    expectCalm(again, 'compile');
    expect(again.stdout).toContain('1 target, as they should be');

    expect(await repo.git('status', '--porcelain')).toBe('');
    expect(await repo.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    expect(await compiled()).toEqual(alone);
    expect(existsSync(join(repo.dir, 'owned'))).toBe(false);
    expect(await readdir(repo.dir)).not.toContain('owned');
  });
});

/** The healthy flag as services are told of it. */
async function compiled(): Promise<string> {
  if (!existsSync(join(repo.dir, 'flags/exposures.json'))) {
    const { dir, cleanup, write, commitAll } = await temporaryRepository();
    await write('.github/sluice.yml', CONFIG);
    await write('rollouts/healthy.yaml', HEALTHY);
    await commitAll('Begin');
    await sluice(dir, ['compile'], { now: NOW });
    const entry = await entryIn(dir);
    await cleanup();
    return entry;
  }
  return entryIn(repo.dir);
}

async function entryIn(dir: string): Promise<string> {
  const text = await readFile(join(dir, 'flags/exposures.json'), 'utf8');
  return JSON.stringify(JSON.parse(text).flags['healthy@production']);
}

function expectReported({ failures, rollouts, commits }: Result): void {
  const invalid = Object.entries(EXPECTED).filter(
    ([, says]) => !/^(?:fine|unseen|warns)/.test(says),
  );
  // What only a review objects to, such as a jump to everyone, is on the branch by a person's will.
  const known = new Set(rollouts.map(({ key }) => key));
  const reported = new Set(failures.map(({ subject }) => subject));
  for (const [path] of invalid) {
    const key = `${path.replace(/^rollouts\/|\.ya?ml$/g, '')}@production`;
    expect(reported.has(path) || known.has(key), path).toBe(true);
  }
  expect(rollouts.map(({ decision }) => decision.kind)).not.toContain('advance');
  expect(commits).toMatchObject([{ moves: [] }]);
}
