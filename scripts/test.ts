/**
 * `npm test`: builds nothing and checks first that dist/ is what src/ builds, because the tests at
 * the doors drive dist/. Arguments go to vitest: `npm test -- test/yaml`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** Runs a program of this package and returns its exit code. */
function run(program: string, ...args: readonly string[]): number {
  const { status } = spawnSync(join('node_modules/.bin', program), args, { stdio: 'inherit' });
  return status ?? 1;
}

interface Totals {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  /** One a file; times are milliseconds since the epoch. */
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
  }[];
}

/** Files that a run names, because they are what it waits for. */
const SLOWEST = 20;

/** The slowest files of a run, a line each. */
function slowest({ testResults }: Totals): readonly string[] {
  const seconds = testResults.map(({ name, startTime, endTime }) => ({
    name: relative('.', name),
    took: Math.round((endTime - startTime) / 1000),
  }));
  return seconds
    .sort((a, b) => b.took - a.took)
    .slice(0, SLOWEST)
    .map(({ name, took }) => `${String(took).padStart(6)} s  ${name}`);
}

const fresh = run('tsx', 'scripts/build.ts', '--check');
if (fresh !== 0) process.exit(fresh);

const dir = mkdtempSync(join(tmpdir(), 'sluice-test-'));
const output = join(dir, 'totals.json');
const code = run(
  'vitest',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${output}`,
  ...process.argv.slice(2),
);
const totals = JSON.parse(readFileSync(output, 'utf8')) as Totals;
rmSync(dir, { recursive: true });

const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = totals;
if (totals.testResults.length > SLOWEST) {
  process.stdout.write(`\nThe slowest files:\n${slowest(totals).join('\n')}\n`);
}
process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
// A test that is skipped where everything can be installed is a test that is not run at all.
process.exit(code === 0 && process.env.CI && skipped > 0 ? 1 : code);
