import { finding, type Rule, stagePath } from './rule.ts';

/** A target that has no words for a segment exposes nobody through it; better known in the review. */
export const untoldSegment: Rule = ({ stages }, { config }) => {
  const target = config.targets.find(({ type }) => type === 'go-feature-flag');
  if (!target) return [];
  return stages.flatMap((stage, index) =>
    stage.segments
      .filter((name) => Object.hasOwn(config.segments, name))
      .filter((name) => config.segments[name]?.operator === 'semver')
      .map((name) =>
        finding(
          'warning',
          'untold-segment',
          `segment \`${name}\` compares versions, which \`${target.path}\` cannot: nobody is exposed through it there`,
          {
            path: stagePath(stages, index, 'segments'),
            hint: 'tell the segment by another attribute, or use a target of type flagd',
          },
        ),
      ),
  );
};

/** Flagd would refuse its whole file because of one such variant, so the flag is left as it stands. */
export const untoldVariants: Rule = ({ variants }, { config }) => {
  const target = config.targets.find(({ type }) => type === 'flagd');
  const lists = Object.values(variants).some((value) => value === null || Array.isArray(value));
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
