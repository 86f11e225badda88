import { missingMetric } from '../missing-metric.ts';
import type { RolloutRule } from '../rule.ts';

export const missingExperienceMetric = {
  id: 'missing-experience-metric',
  severity: 'warning',
  about: 'rollout',
  why: 'Harm may show in how people feel and nowhere else: in complaints or in scores.',
  check: (rollout) => missingMetric(rollout, 'experience'),
} as const satisfies RolloutRule;
