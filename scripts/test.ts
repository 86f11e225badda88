/**
 * `npm test`: builds nothing and checks first that dist/ is what src/ builds, because the tests at
 * the doors drive dist/. Arguments go to vitest: `npm test -- test/yaml`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a program of this package and returns its exit code. */
function run(program: string, ...args: readonly string[]): number {
  const { status } = spawnSync(join('node_modules/.bin', program), args, { stdio: 'inherit' });
  return status ?? 1;
}

interface Totals {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
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
process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
// A test that is skipped where everything can be installed is a test that is not run at all.
process.exit(code === 0 && process.env.CI && skipped > 0 ? 1 : code);
