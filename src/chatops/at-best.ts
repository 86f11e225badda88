import type { Reply } from '../tell/report.ts';

/**
 * Does what a command can do without. If it fails, whether for want of an answer or by a bug, that is a warning.
 *
 * @param warnings gets a sentence on what was not done
 * @param what says so, without the reason
 */
export async function atBest<T>(
  warnings: string[],
  what: string,
  run: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    warnings.push(`${what} (${error.message})`);
    return undefined;
  }
}

/** The reply with some warnings more. */
export function withWarnings(reply: Reply, more: readonly string[]): Reply {
  return more.length === 0 ? reply : { ...reply, warnings: [...(reply.warnings ?? []), ...more] };
}
