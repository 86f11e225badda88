import { isTargeted, kindOf, type Stage } from '../../model/rollout.ts';
import { approximateDuration } from '../../time.ts';
import { finding, type Rule, stagePath } from './rule.ts';

/** The largest share a first randomised stage may have and still be a canary, in percent. */
const CANARY = 10;
/** Rings of named users that make up for a canary: a third one has seen what two found. */
const FEWEST_RINGS = 2;

/** [B2] Everyone only after a share of everyone was watched, or ring after ring of users. */
export const jumpToFull: Rule = ({ stages }) => {
  const full = stages.findIndex((stage) => kindOf(stage) === 'everyone');
  if (full < 0) return [];
  const watched = stages.slice(0, full).filter(isSeen);
  const rings = watched.filter(isTargeted).length;
  if (rings < watched.length || rings >= FEWEST_RINGS) return [];
  return [
    finding(
      'error',
      'jump-to-full',
      `\`${stages[full]?.name}\` exposes everyone, and no share of them was watched before`,
      {
        hint: 'put a stage of a few percent before it',
        path: stagePath(stages, full, 'name'),
      },
    ),
  ];
};

/** Whether anybody sees the treatment because of a stage. */
const isSeen = (stage: Stage): boolean => !stage.shadow && stage.percentage !== 0;

/** [B2] The first percentage of everyone is a canary, also after a good shadow run. */
export const noCanary: Rule = ({ stages }) => {
  const index = stages.findIndex(
    (stage) => kindOf(stage) === 'randomised' && !isTargeted(stage) && isSeen(stage),
  );
  const first = stages[index];
  if (!first || (first.percentage ?? 0) <= CANARY) return [];
  return [
    finding(
      'error',
      'no-canary',
      `\`${first.name}\` exposes ${first.percentage} % at once, and there is no canary before it`,
      {
        hint: `put a canary of at most ${CANARY} % before it`,
        path: stagePath(stages, index, 'percentage'),
      },
    ),
  ];
};

/** [B8] The least time in a stage, by risk. */
export const stageTooShort: Rule = ({ stages, risk, status }, { config }) => {
  const least = config.policy.risk[risk].stageDuration;
  if (status.phase === 'completed') return [];
  return stages.flatMap((stage, index) =>
    stage.duration >= least || index === stages.length - 1
      ? []
      : [
          finding(
            'warning',
            'stage-too-short',
            `\`${stage.name}\` lasts ${approximateDuration(stage.duration)}; risk ${risk} asks for at least ${approximateDuration(least)} a stage`,
            { path: stagePath(stages, index, 'duration') },
          ),
        ],
  );
};

/** [A8, B8] The least time from the first stage to everyone, by risk. */
export const rolloutTooShort: Rule = ({ stages, risk }, { config }) => {
  const least = config.policy.risk[risk].totalDuration;
  const full = stages.findIndex((stage) => kindOf(stage) === 'everyone');
  const climb = stages.slice(0, full < 0 ? stages.length : full);
  const total = climb.reduce((sum, stage) => sum + stage.duration, 0);
  if (total >= least) return [];
  return [
    finding(
      'error',
      'rollout-too-short',
      `everyone is reached after ${approximateDuration(total)}; risk ${risk} asks for at least ${approximateDuration(least)}`,
      { path: ['stages'], hint: 'give the stages more time, or take a slower ladder' },
    ),
  ];
};

/** Exposure only grows, so a smaller stage after a larger one takes nobody out. */
export const shrinkingStage: Rule = ({ stages }) => {
  let largest = 0;
  return stages.flatMap((stage, index) => {
    if (isTargeted(stage) || stage.shadow) return [];
    const share = stage.percentage ?? 100;
    const shrinks = share < largest;
    largest = Math.max(largest, share);
    return shrinks
      ? [
          finding(
            'warning',
            'shrinking-stage',
            `\`${stage.name}\` says ${share} % after ${largest} %; exposure only grows, so ${largest} % stay in`,
            { path: stagePath(stages, index, 'percentage') },
          ),
        ]
      : [];
  });
};
