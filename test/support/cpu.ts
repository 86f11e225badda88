import { expect } from 'vitest';

/** What one hostile input may cost, in milliseconds of processor time: a busy machine adds none. */
export const CPU_LIMIT = 2_000;

/** Does something at once, within {@link CPU_LIMIT}. What it is held against used to take minutes. */
export function withinLimit<T>(what: string, work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000, `${what}: milliseconds of processor time`).toBeLessThan(CPU_LIMIT);
  return result;
}
