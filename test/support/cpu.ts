import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

/** What one hostile input may cost, in milliseconds of processor time: a busy machine adds none. */
export const CPU_LIMIT = 2_000;

/** Does something at once, within {@link CPU_LIMIT}. What it is held against used to take minutes. */
export function withinLimit<T>(what: string, work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  expectWithinLimit(what, (user + system) / 1000);
  return result;
}

function expectWithinLimit(what: string, milliseconds: number): void {
  expect(milliseconds, `${what}: milliseconds of processor time`).toBeLessThan(CPU_LIMIT);
}

const REPORTER = new URL('cpu-report.mjs', import.meta.url);

/**
 * Runs the built program or Action within {@link CPU_LIMIT}, the start of Node included. One that
 * had to be ended reports nothing, and fails.
 *
 * @param run starts it with these variables in its environment
 */
export async function runWithinLimit<T>(
  what: string,
  run: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-cpu-'));
  const report = join(folder, 'report');
  try {
    const ran = await run({ NODE_OPTIONS: `--import=${REPORTER}`, SLUICE_CPU_REPORT: report });
    const reported = await readFile(report, 'utf8').catch(() => 'Infinity');
    expectWithinLimit(what, Number(reported));
    return ran;
  } finally {
    await rm(folder, { recursive: true });
  }
}
