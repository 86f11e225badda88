import type { Config } from '../config/model.ts';
import { approximateDuration, DAY, formatInstant, type Instant } from '../time.ts';
import type { Finding } from '../yaml/problem.ts';
import { isRelative } from './limits.ts';
import { currentStage, isTargeted, kindOf, type Rollout, type Stage } from './model.ts';
import { windowAt } from './window.ts';

/** The largest share a first randomised stage may have and still be a canary, in percent. */
const CANARY = 10;
/** Rings of named users that make up for a canary: a third one has seen what two found. */
const FEWEST_RINGS = 2;

type Rule = (rollout: Rollout, context: ReviewContext) => readonly Finding[];

export interface ReviewContext {
  readonly config: Config;
  readonly now: Instant;
  /** The same file as it was, where a change is reviewed; `new` where there was none. */
  readonly before?: Rollout | 'new';
}

/**
 * Reviews a valid rollout against the rules of the house. `policy.rules` sets how strict each is;
 * the code of a finding is the name of its rule.
 */
export function review(rollout: Rollout, context: ReviewContext): readonly Finding[] {
  return RULES.flatMap((rule) => rule(rollout, context)).flatMap((finding) => {
    const severity = context.config.policy.rules[finding.code] ?? finding.severity;
    return severity === 'off' ? [] : [{ ...finding, severity }];
  });
}

/** [B2] Everyone only after a share of everyone was watched, or ring after ring of users. */
const jumpToFull: Rule = ({ stages }) => {
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
const noCanary: Rule = ({ stages }) => {
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
const stageTooShort: Rule = ({ stages, risk, status }, { config }) => {
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
const rolloutTooShort: Rule = ({ stages, risk }, { config }) => {
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
const shrinkingStage: Rule = ({ stages }) => {
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

const noChecks: Rule = ({ checks }) =>
  checks.length > 0
    ? []
    : [
        finding(
          'warning',
          'no-checks',
          'the rollout has no checks: it advances by the clock alone',
          {
            path: [],
            hint: 'add `checks:` with a metric that shows harm',
          },
        ),
      ];

/** [B4] Something must be able to take it back without a person. */
const noWayBack: Rule = ({ checks }) =>
  checks.length === 0 ||
  checks.some(({ onBreach }) => onBreach === 'rollback' || onBreach === 'degrade')
    ? []
    : [
        finding('error', 'no-way-back', 'no check rolls the flag back or degrades it', {
          path: ['checks'],
          hint: 'let at least one check have `on_breach: rollback`',
        }),
      ];

/** [B5] Harm shows in the machines, in the business, or in how people feel: look at all three. */
const missingCategory: Rule = ({ checks }) =>
  checks.length === 0
    ? []
    : (['technical', 'business', 'experience'] as const)
        .filter((category) => !checks.some(({ metric }) => metric.category === category))
        .map((category) =>
          finding(
            'warning',
            `missing-${category}-metric`,
            `no check looks at ${category === 'experience' ? 'an' : 'a'} ${category} metric`,
            {
              path: ['checks'],
              hint: `add one, or set \`rules: {missing-${category}-metric: 'off'}\` in the config's policy`,
            },
          ),
        );

/** [B3] A check relative to control needs a stage in which there is a control like the treatment. */
const noBaseline: Rule = ({ stages, checks }) =>
  stages.some((stage) => ['randomised', 'shadow'].includes(kindOf(stage)))
    ? []
    : checks.flatMap((check, index) =>
        check.baseline.kind === 'control' && (isRelative(check.limits) || isRelative(check.warn))
          ? [
              finding(
                'error',
                'no-baseline',
                `\`${check.metric.name}\` is compared with control, but no stage has a control to compare with`,
                {
                  path: ['checks', index],
                  hint: 'give it a `baseline:` of {offset: 7d} or {before_start: 24h}, or add a stage with a percentage',
                },
              ),
            ]
          : [],
      );

/** [B10] A start on a closed day waits for the next open one. */
const startOutsideWindow: Rule = ({ start, status }, { config, now }) => {
  if (start === undefined || start < now || status.phase !== 'pending') return [];
  const window = windowAt(start, config.policy);
  if (window.kind === 'open') return [];
  const opens =
    window.opens === undefined ? '' : ` and will wait until ${formatInstant(window.opens)}`;
  const what =
    window.why === 'freeze' ? 'inside a freeze' : 'outside the hours in which flags start';
  return [
    finding('warning', 'start-outside-window', `\`start\` is ${what}${opens}`, { path: ['start'] }),
  ];
};

const unknownStage: Rule = (rollout) =>
  rollout.status.stage === undefined || currentStage(rollout)
    ? []
    : [
        finding(
          'error',
          'unknown-stage',
          `the rollout is in \`${rollout.status.stage}\`, which is not among its stages`,
          { path: ['status', 'stage'], hint: 'put the stage back, or say /rollout restart' },
        ),
      ];

const unknownSegment: Rule = ({ stages }, { config }) =>
  stages.flatMap((stage, index) =>
    stage.segments
      .filter((name) => !Object.hasOwn(config.segments, name))
      .map((name) =>
        finding(
          'warning',
          'unknown-segment',
          `segment \`${name}\` is not in the config: nobody is in it`,
          {
            path: stagePath(stages, index, 'segments'),
            hint: `add \`segments: {${name}: {attribute: …}}\` to the config`,
          },
        ),
      ),
  );

const endOnCompleted: Rule = ({ end, status }) =>
  end !== undefined && status.phase === 'completed'
    ? [
        finding('error', 'end-on-completed', 'a completed flag is the default and has no `end`', {
          path: ['end'],
          hint: 'remove `end`, or roll the flag back first',
        }),
      ]
    : [];

const fallbackIsControl: Rule = ({ checks, fallback, control }) =>
  fallback === control
    ? checks.flatMap((check, index) =>
        check.onBreach === 'degrade'
          ? [
              finding(
                'warning',
                'fallback-is-control',
                '`on_breach: degrade` serves the control, for there is no other `fallback`',
                { path: ['checks', index, 'on_breach'] },
              ),
            ]
          : [],
      )
    : [];

const alreadyExpired: Rule = ({ expires }, { now }) =>
  expires !== undefined && expires + DAY <= now
    ? [
        finding('warning', 'already-expired', `the flag expired on ${formatInstant(expires)}`, {
          path: ['expires'],
          hint: 'remove it from the code, or give it a new date',
        }),
      ]
    : [];

/** Exposure is raised by passing checks, not by editing the status. */
const statusByHand: Rule = (rollout, { before }) => {
  if (before === undefined) return [];
  const raised = rank(rollout) > (before === 'new' ? rank() : rank(before));
  const revived =
    before !== 'new' &&
    ((before.status.phase !== 'progressing' && rollout.status.phase === 'progressing') ||
      (before.status.serving === 'fallback' && servesTreatment(rollout)));
  if (!raised && !revived) return [];
  return [
    finding(
      // A flag that is already live is imported with the status it has: a reviewer should see that.
      before === 'new' ? 'warning' : 'error',
      'status-by-hand',
      before === 'new'
        ? 'the file is new and already exposes users'
        : 'the status was moved forward by hand',
      {
        path: ['status'],
        hint: 'Sluice writes the status; say /rollout promote, resume or restart instead',
      },
    ),
  ];
};

const servesTreatment = (rollout: Rollout): boolean =>
  rollout.status.serving === 'treatment' && rank(rollout) >= 0;

/** How far up a rollout is: nobody, then the stages in order, then completed. */
function rank(rollout?: Rollout): number {
  if (!rollout || rollout.status.phase === 'pending' || rollout.status.serving === 'control') {
    return -1;
  }
  if (rollout.status.phase === 'completed') return rollout.stages.length;
  return currentStage(rollout)?.index ?? -1;
}

const RULES: readonly Rule[] = [
  jumpToFull,
  noCanary,
  stageTooShort,
  rolloutTooShort,
  shrinkingStage,
  noChecks,
  noWayBack,
  missingCategory,
  noBaseline,
  startOutsideWindow,
  unknownStage,
  unknownSegment,
  endOnCompleted,
  fallbackIsControl,
  alreadyExpired,
  statusByHand,
];

function finding(
  severity: Finding['severity'],
  code: string,
  message: string,
  rest: Pick<Finding, 'path'> & Partial<Finding>,
): Finding {
  return { severity, code, message, ...rest };
}

/** Where a stage is written; the stages of a named ladder are not in this file. */
function stagePath(stages: readonly Stage[], index: number, key: string): Finding['path'] {
  return stages[index] === undefined ? ['stages'] : ['stages', index, key];
}
