import { carries } from '../model/carries.ts';
import type { Config, TargetConfig } from '../model/config.ts';
import type { Rollout } from '../model/rollout.ts';
import { cannotExpress } from '../targets/index.ts';
import type { Inexpressible } from '../targets/target.ts';

/** The first target that has a rollout's flag and no way to express something. */
export const targetWithout = (
  what: Inexpressible,
  { targets }: Config,
  rollout: Rollout,
): TargetConfig | undefined =>
  targets.find((target) => cannotExpress(target.type, what) && carries(target, rollout));
