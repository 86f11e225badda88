import { carries } from '../../model/carries.ts';
import type { Config, TargetConfig } from '../../model/config.ts';
import type { Rollout } from '../../model/rollout.ts';
import { cannotExpress } from '../../targets/index.ts';
import type { Inexpressible } from '../../targets/target.ts';
import { finding, type Rule, stagePath } from './rule.ts';

/** A target that has no words for a segment would expose nobody through it, so the flag would be held. */
export const untoldSegment: Rule = (rollout, { config }) => {
  const target = targetWithout('versions', config, rollout);
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
  const target = targetWithout('list-variants', config, rollout);
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

/** The first target that has the flag and no way to express something. */
const targetWithout = (
  what: Inexpressible,
  { targets }: Config,
  rollout: Rollout,
): TargetConfig | undefined =>
  targets.find((target) => cannotExpress(target.type, what) && carries(target, rollout));
