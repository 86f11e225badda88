import { isRelative } from '../../model/limits.ts';
import { kindOf } from '../../model/rollout.ts';
import type { RolloutRule } from '../rule.ts';

export const noBaseline = {
  id: 'no-baseline',
  severity: 'error',
  about: 'rollout',
  why: 'A check relative to control needs a stage in which the control has users like those of the treatment.',
  check: ({ stages, checks }) =>
    stages.some((stage) => ['randomised', 'shadow'].includes(kindOf(stage)))
      ? []
      : checks.flatMap((check, index) =>
          check.baseline.kind === 'control' && (isRelative(check.limits) || isRelative(check.warn))
            ? [
                {
                  message: `\`${check.metric.name}\` is compared with control, but no stage has a control to compare with`,
                  path: ['checks', index],
                  hint: 'give it a `baseline:` of {offset: 7d} or {before_start: 24h}, or add a stage with a percentage',
                },
              ]
            : [],
        ),
} as const satisfies RolloutRule;
