import { sameApproval } from '../../model/doubts.ts';
import type { Found } from '../../model/review-rule.ts';
import { currentStage, type Rollout } from '../../model/rollout.ts';
import type { ReviewContext, RolloutRule } from '../rule.ts';

export const statusWrittenByHand = {
  id: 'status-written-by-hand',
  severity: 'error',
  warnsWhen: 'an import wrote it, or the file before could not be read',
  about: 'rollout',
  why: 'Exposure is raised by passing checks, not by editing the status.',
  check: (rollout, { before, wasInvalid }) => {
    if (before === undefined) return wasInvalid ? afterInvalid(rollout, wasInvalid) : [];
    // The status of another flag, or of another environment, says nothing of this one.
    const isNew = before === 'new' || before.key !== rollout.key;
    return isNew
      ? [...exposedFromTheStart(rollout), ...evidenceOf(rollout)]
      : [...movedUp(rollout, before), ...evidenceByHand(rollout, before)];
  },
} as const satisfies RolloutRule;

/** A flag that is already live is imported with the status it has: a reviewer should see that. */
function exposedFromTheStart(rollout: Rollout): readonly Found[] {
  if (rank(rollout) < 0) return [];
  const { phase, reason } = rollout.status;
  const isImported = phase === 'paused' && reason === 'imported';
  const message = 'the file is new and already exposes users';
  return isImported
    ? [
        {
          severity: 'warning',
          message,
          path: ['status'],
          hint: 'it moves nobody before somebody says /rollout resume',
        },
      ]
    : [
        {
          message,
          path: ['status'],
          hint: 'remove `status`, or take a live flag over with sluice import',
        },
      ];
}

function movedUp(rollout: Rollout, before: Rollout): readonly Found[] {
  const raised = rank(rollout) > rank(before);
  const revived =
    (before.status.phase !== 'progressing' && rollout.status.phase === 'progressing') ||
    (before.status.serving === 'fallback' && servesTreatment(rollout));
  if (!raised && !revived) return [];
  return [
    {
      message: 'the status was moved forward by hand',
      path: ['status'],
      hint: 'Sluice writes the status; say /rollout promote, resume or restart instead',
    },
  ];
}

/** What could not be compared by its meaning is compared as it was written. */
function afterInvalid(
  rollout: Rollout,
  was: NonNullable<ReviewContext['wasInvalid']>,
): readonly Found[] {
  const isEmpty = rank(rollout) < 0 && evidenceOf(rollout).length === 0;
  if (was === 'with-this-status' || isEmpty) return [];
  return [
    was === 'with-another-status'
      ? {
          message: 'the status was changed by hand',
          path: ['status'],
          hint: 'keep the status as it was while the file was invalid',
        }
      : {
          severity: 'warning',
          message: 'the file was no YAML before: compare its status',
          path: ['status'],
          hint: 'only Sluice writes the status',
        },
  ];
}

const EVIDENCE = ['approvals', 'baseline', 'levels', 'ladder', 'started'] as const;

const byHand = (key: (typeof EVIDENCE)[number]): Found => ({
  message: `\`status.${key}\` was written by hand`,
  path: ['status', key],
  hint: 'Sluice writes the status; say /rollout approve, resume or restart instead',
});

/** What a flag's next step rests on, in a file that Sluice has not written to. */
function evidenceOf({ status }: Rollout): readonly Found[] {
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
function evidenceByHand(rollout: Rollout, before: Rollout): readonly Found[] {
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
