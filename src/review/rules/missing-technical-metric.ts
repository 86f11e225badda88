import { missingMetric } from '../missing-metric.ts';
import type { RolloutRule } from '../rule.ts';

export const missingTechnicalMetric = {
  id: 'missing-technical-metric',
  severity: 'warning',
  about: 'rollout',
  why: 'Harm may show in the machines first: in errors or in latency.',
  check: (rollout) => missingMetric(rollout, 'technical'),
} as const satisfies RolloutRule;
