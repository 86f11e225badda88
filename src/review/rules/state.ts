import { sameApproval } from '../../model/doubts.ts';
import type { Finding } from '../../model/problem.ts';
import { currentStage, type Rollout } from '../../model/rollout.ts';
import { windowAt } from '../../model/window.ts';
import { DAY, formatInstant } from '../../time.ts';
import { finding, type ReviewContext, type Rule, stagePath } from './rule.ts';

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
export const statusByHand: Rule = (rollout, { before, wasInvalid }) => {
  if (before === undefined) return wasInvalid ? afterInvalid(rollout, wasInvalid) : [];
  // The status of another flag, or of another environment, says nothing of this one.
  const isNew = before === 'new' || before.key !== rollout.key;
  return isNew
    ? [...exposedFromTheStart(rollout), ...evidenceOf(rollout)]
    : [...movedUp(rollout, before), ...evidenceByHand(rollout, before)];
};

/** A flag that is already live is imported with the status it has: a reviewer should see that. */
function exposedFromTheStart(rollout: Rollout): readonly Finding[] {
  if (rank(rollout) < 0) return [];
  const { phase, reason } = rollout.status;
  const isImported = phase === 'paused' && reason === 'imported';
  return [
    finding(
      isImported ? 'warning' : 'error',
      'status-by-hand',
      'the file is new and already exposes users',
      {
        path: ['status'],
        hint: isImported
          ? 'it moves nobody before somebody says /rollout resume'
          : 'remove `status`, or take a live flag over with sluice import',
      },
    ),
  ];
}

function movedUp(rollout: Rollout, before: Rollout): readonly Finding[] {
  const raised = rank(rollout) > rank(before);
  const revived =
    (before.status.phase !== 'progressing' && rollout.status.phase === 'progressing') ||
    (before.status.serving === 'fallback' && servesTreatment(rollout));
  if (!raised && !revived) return [];
  return [
    finding('error', 'status-by-hand', 'the status was moved forward by hand', {
      path: ['status'],
      hint: 'Sluice writes the status; say /rollout promote, resume or restart instead',
    }),
  ];
}

/** What could not be compared by its meaning is compared as it was written. */
function afterInvalid(
  rollout: Rollout,
  was: NonNullable<ReviewContext['wasInvalid']>,
): readonly Finding[] {
  const isEmpty = rank(rollout) < 0 && evidenceOf(rollout).length === 0;
  if (was === 'with-this-status' || isEmpty) return [];
  return [
    was === 'with-another-status'
      ? finding('error', 'status-by-hand', 'the status was changed by hand', {
          path: ['status'],
          hint: 'keep the status as it was while the file was invalid',
        })
      : finding('warning', 'status-by-hand', 'the file was no YAML before: compare its status', {
          path: ['status'],
          hint: 'only Sluice writes the status',
        }),
  ];
}

const EVIDENCE = ['approvals', 'baseline', 'levels', 'ladder', 'started'] as const;

const byHand = (key: (typeof EVIDENCE)[number]): Finding =>
  finding('error', 'status-by-hand', `\`status.${key}\` was written by hand`, {
    path: ['status', key],
    hint: 'Sluice writes the status; say /rollout approve, resume or restart instead',
  });

/** What a flag's next step rests on, in a file that Sluice has not written to. */
function evidenceOf({ status }: Rollout): readonly Finding[] {
  const isThere = {
    approvals: status.approvals.length > 0,
    baseline: Object.keys(status.baseline).length > 0,
    levels: Object.keys(status.levels ?? {}).length > 0,
    ladder: status.ladder !== undefined,
    // An import says when it was.
    started: false,
  };
  return EVIDENCE.filter((key) => isThere[key]).map(byHand);
}

/**
 * What a flag's next step rests on is not for a change to write either: who approved, which level
 * was pinned, which ladder was seen, when it started. On the way down a `git revert` may bring an
 * older value back, which a tick takes for what it is; an approval never comes back.
 */
function evidenceByHand(rollout: Rollout, before: Rollout): readonly Finding[] {
  const [now, then] = [rollout.status, before.status];
  const stops = then.phase === 'progressing' && now.phase !== 'progressing';
  const isDown = rank(rollout) < rank(before) || (rank(rollout) === rank(before) && stops);
  const isChanged = {
    approvals: now.approvals.some(
      (given) => !then.approvals.some((old) => sameApproval(old, given)),
    ),
    baseline: levelsChanged(now.baseline, then.baseline, isDown),
    levels: levelsChanged(now.levels ?? {}, then.levels ?? {}, isDown),
    ladder: now.ladder !== then.ladder && (!isDown || then.ladder === undefined),
    started: now.started !== then.started && !isDown,
  };
  return EVIDENCE.filter((key) => isChanged[key]).map(byHand);
}

type Levels = Readonly<Record<string, number>>;

/** Whether some level is not what it was; on the way down only one that is new counts. */
function levelsChanged(now: Levels, then: Levels, isDown: boolean): boolean {
  const isNew = (metric: string): boolean => !Object.hasOwn(then, metric);
  if (isDown) return Object.keys(now).some(isNew);
  const metrics = [...Object.keys(now), ...Object.keys(then)];
  return metrics.some(
    (metric) => isNew(metric) || !Object.hasOwn(now, metric) || now[metric] !== then[metric],
  );
}

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
