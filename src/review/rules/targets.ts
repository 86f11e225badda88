import { carries } from '../../model/carries.ts';
import type { Config, TargetConfig } from '../../model/config.ts';
import type { Rollout } from '../../model/rollout.ts';
import { finding, type Rule, stagePath } from './rule.ts';

/** A target that has no words for a segment would expose nobody through it, so the flag would be held. */
export const untoldSegment: Rule = (rollout, { config }) => {
  const target = flagsTarget(config, 'go-feature-flag', rollout);
  if (!target) return [];
  const { stages } = rollout;
  return stages.flatMap((stage, index) =>
    stage.segments
      .filter((name) => Object.hasOwn(config.segments, name))
      .filter((name) => config.segments[name]?.operator === 'semver')
      .map((name) =>
        finding(
          'error',
          'untold-segment',
          `segment \`${name}\` compares versions, which \`${target.path}\` cannot: the flag would be held before it`,
          {
            path: stagePath(stages, index, 'segments'),
            hint: 'tell the segment by another attribute, or use a target of type flagd',
          },
        ),
      ),
  );
};

/** Flagd would refuse its whole file because of one such variant, so the flag is left as it stands. */
export const untoldVariants: Rule = (rollout, { config }) => {
  const target = flagsTarget(config, 'flagd', rollout);
  const lists = Object.values(rollout.variants).some(
    (value) => value === null || Array.isArray(value),
  );
  if (!target || !lists) return [];
  return [
    finding(
      'error',
      'untold-variants',
      `the variants are lists or nothing, which \`${target.path}\` cannot hold: the flag would not be in it`,
      { path: ['variants'], hint: 'put the list into an object: {items: […]}' },
    ),
  ];
};

/** The target of a type that has the flag. */
const flagsTarget = (
  { targets }: Config,
  type: 'flagd' | 'go-feature-flag',
  rollout: Rollout,
): TargetConfig | undefined =>
  targets.find((target) => target.type === type && carries(target, rollout));
