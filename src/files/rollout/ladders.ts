import { defined } from '../../defined.ts';
import type { Stage } from '../../model/rollout.ts';
import { DAY, type Duration, HOUR } from '../../time.ts';

/** Writes out a stage of a built-in ladder. */
function stage(
  name: string,
  percentage: number | undefined,
  duration: Duration,
  more: Partial<Stage> = {},
): Stage {
  return {
    name,
    ...defined({ percentage }),
    segments: [],
    regions: [],
    tiers: [],
    duration,
    maxDuration: 2 * duration,
    approvals: 0,
    shadow: false,
    ...more,
  };
}

/** The ladders every repository has. One of the same name in the config takes its place. */
export const BUILT_IN_LADDERS: Readonly<Record<string, readonly Stage[]>> = {
  standard: [
    stage('internal', undefined, 2 * DAY, { segments: ['employees'] }),
    stage('canary', 1, DAY),
    stage('early', 5, 2 * DAY),
    stage('quarter', 25, 3 * DAY),
    stage('half', 50, 3 * DAY),
    stage('full', 100, 2 * DAY),
  ],
  quick: [
    stage('canary', 5, 16 * HOUR),
    stage('quarter', 25, 16 * HOUR),
    stage('half', 50, 16 * HOUR),
    stage('full', 100, DAY),
  ],
  conservative: [
    stage('canary', 5, 7 * DAY),
    stage('early', 10, 7 * DAY),
    stage('quarter', 25, 7 * DAY),
    stage('half', 50, 7 * DAY),
    stage('most', 75, 7 * DAY),
    stage('full', 100, 7 * DAY),
  ],
  model: [
    stage('shadow', 0, DAY, { shadow: true }),
    stage('canary', 5, 2 * HOUR),
    stage('quarter', 25, 6 * HOUR),
    stage('ab-test', 50, DAY, { maxDuration: 2 * DAY }),
    stage('full', 100, 2 * DAY),
  ],
  strangler: [
    stage('tenth', 10, 30 * DAY),
    stage('third', 30, 30 * DAY),
    stage('most', 60, 30 * DAY),
    // The month at 100 % is for deprecating what was strangled: the old way is still there, unused.
    stage('deprecate', 100, 30 * DAY),
  ],
  // Mission A2: ring 0 on day 0, ring 1 on day 2, ring 2 on day 7, ring 3 on day 14, ring 4 on day 30.
  rings: [
    stage('ring-0', undefined, 2 * DAY, { segments: ['employees'] }),
    stage('ring-1', undefined, 5 * DAY, { segments: ['early-adopters'] }),
    stage('ring-2', undefined, 7 * DAY, { segments: ['standard'] }),
    stage('ring-3', undefined, 16 * DAY, { segments: ['conservative'] }),
    stage('ring-4', 100, 2 * DAY),
  ],
};
