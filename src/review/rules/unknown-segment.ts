import { type RolloutRule, stagePath } from '../rule.ts';

export const unknownSegment = {
  id: 'unknown-segment',
  severity: 'warning',
  about: 'rollout',
  why: 'A stage for a segment that the config does not define exposes nobody.',
  check: ({ stages }, { config }) =>
    stages.flatMap((stage, index) =>
      stage.segments
        .filter((name) => !Object.hasOwn(config.segments, name))
        .map((name) => ({
          message: `segment \`${name}\` is not in the config: nobody is in it`,
          path: stagePath(stages, index, 'segments'),
          hint: `add \`segments: {${name}: {attribute: …}}\` to the config`,
        })),
    ),
} as const satisfies RolloutRule;
