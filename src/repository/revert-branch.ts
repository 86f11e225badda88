import type { Rollout } from '../model/rollout.ts';
import { formatInstant } from '../time.ts';
import { statedStart } from './entry-start.ts';

/**
 * The branch of a revert, named for the entry that it would end: another entry gets another one.
 * The environment is named only where there are several.
 */
export function revertBranch(rollout: Rollout, environments: readonly string[]): string {
  const { flag, environment, status } = rollout;
  const name = environments.length > 1 ? `${flag}@${environment}` : flag;
  const since = formatInstant(statedStart(rollout)).replace(/[-:]/g, '');
  return `rollout/revert/${name}/${status.stage ?? 'none'}-${since}`;
}
