import { type RolloutRule, stagePath } from '../rule.ts';
import { targetWithout } from '../target-without.ts';

export const segmentUnsupportedByTarget = {
  id: 'segment-unsupported-by-target',
  severity: 'error',
  about: 'rollout',
  why: 'A target that cannot express a segment would expose nobody through it, so Sluice holds the flag before such a stage.',
  check: (rollout, { config }) => {
    const target = targetWithout('versions', config, rollout);
    if (!target) return [];
    const { stages } = rollout;
    return stages.flatMap((stage, index) =>
      stage.segments
        .filter((name) => Object.hasOwn(config.segments, name))
        .filter((name) => config.segments[name]?.operator === 'semver')
        .map((name) => ({
          message: `segment \`${name}\` compares versions, which \`${target.path}\` cannot: the flag would be held before it`,
          path: stagePath(stages, index, 'segments'),
          hint: 'tell the segment by another attribute, or use a target of type flagd',
        })),
    );
  },
} as const satisfies RolloutRule;
