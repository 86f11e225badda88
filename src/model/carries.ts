import type { TargetConfig } from './config.ts';
import type { Rollout } from './rollout.ts';

/** Whether a rollout reaches users by a target: one for traffic has one rollout, one for flags all of its environment. */
export function carries(target: TargetConfig, { flag, environment }: Rollout): boolean {
  return 'rollout' in target
    ? target.rollout === flag && target.environment === environment
    : target.environment === undefined || target.environment === environment;
}
