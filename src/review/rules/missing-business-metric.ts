import { missingMetric } from '../missing-metric.ts';
import type { RolloutRule } from '../rule.ts';

export const missingBusinessMetric = {
  id: 'missing-business-metric',
  severity: 'warning',
  about: 'rollout',
  why: 'Harm may show in the business while every machine is well: in orders or in sign-ups.',
  check: (rollout) => missingMetric(rollout, 'business'),
} as const satisfies RolloutRule;
