import type { TargetConfig } from './config.ts';
import type { Rollout } from './rollout.ts';

/** Whether a rollout reaches users by a target. */
export function carries(
  target: TargetConfig,
  { flag, environment }: Pick<Rollout, 'flag' | 'environment'>,
): boolean {
  switch (target.holds) {
    case 'flags':
      return target.environment === undefined || target.environment === environment;
    case 'traffic':
      return target.rollout === flag && target.environment === environment;
  }
}
