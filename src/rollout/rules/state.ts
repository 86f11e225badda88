import { DAY, formatInstant } from '../../time.ts';
import type { Finding } from '../../yaml/problem.ts';
import { currentStage, type Rollout } from '../model.ts';
import { windowAt } from '../window.ts';
import { finding, type Rule, stagePath } from './rule.ts';

/** [B10] A start on a closed day waits for the next open one. */
export const startOutsideWindow: Rule = ({ start, status }, { config, now }) => {
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

export const unknownStage: Rule = (rollout) =>
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

export const unknownSegment: Rule = ({ stages }, { config }) =>
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

export const endOnCompleted: Rule = ({ end, status }) =>
  end !== undefined && status.phase === 'completed'
    ? [
        finding('error', 'end-on-completed', 'a completed flag is the default and has no `end`', {
          path: ['end'],
          hint: 'remove `end`, or roll the flag back first',
        }),
      ]
    : [];

export const alreadyExpired: Rule = ({ expires }, { now }) =>
  expires !== undefined && expires + DAY <= now
    ? [
        finding('warning', 'already-expired', `the flag expired on ${formatInstant(expires)}`, {
          path: ['expires'],
          hint: 'remove it from the code, or give it a new date',
        }),
      ]
    : [];

/** Exposure is raised by passing checks, not by editing the status. */
export const statusByHand: Rule = (rollout, { before }) => {
  if (before === undefined) return [];
  const raised = rank(rollout) > (before === 'new' ? rank() : rank(before));
  const revived =
    before !== 'new' &&
    ((before.status.phase !== 'progressing' && rollout.status.phase === 'progressing') ||
      (before.status.serving === 'fallback' && servesTreatment(rollout)));
  if (!raised && !revived) return before === 'new' ? [] : evidenceByHand(rollout, before);
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

/**
 * What a flag's next step rests on is not for a change to write either: who approved, which level
 * was pinned, which ladder was seen. On the way down it may come back, as in a `git revert`.
 */
function evidenceByHand(rollout: Rollout, before: Rollout): readonly Finding[] {
  if (rank(rollout) < rank(before)) return [];
  const [now, then] = [rollout.status, before.status];
  const isNew = {
    approvals: now.approvals.some(
      ({ by, stage }) => !then.approvals.some((old) => old.by === by && old.stage === stage),
    ),
    baseline: hasNewLevel(now.baseline, then.baseline),
    levels: hasNewLevel(now.levels ?? {}, then.levels ?? {}),
    ladder: now.ladder !== undefined && now.ladder !== then.ladder,
  };
  return (['approvals', 'baseline', 'levels', 'ladder'] as const)
    .filter((key) => isNew[key])
    .map((key) =>
      finding('error', 'status-by-hand', `\`status.${key}\` was written by hand`, {
        path: ['status', key],
        hint: 'Sluice writes the status; say /rollout approve, resume or restart instead',
      }),
    );
}

type Levels = Readonly<Record<string, number>>;

const hasNewLevel = (now: Levels, then: Levels): boolean =>
  Object.entries(now).some(
    ([metric, level]) => !Object.hasOwn(then, metric) || then[metric] !== level,
  );

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
