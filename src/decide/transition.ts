import { defined } from '../defined.ts';
import type { Decision } from '../model/decision.ts';
import type { Json } from '../model/json.ts';
import { type Approval, kindOf, type Rollout, type Stage, type Status } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import { formatInstant, type Instant } from '../time.ts';

/** A change to one key of a rollout file; `undefined` removes it. */
export interface FieldChange {
  readonly path: readonly string[];
  readonly value: Json | undefined;
}

/**
 * What a decision changes in the rollout's file. Empty for decisions that move nothing.
 *
 * @param verdicts what was measured; the control's levels are pinned from them before everyone is exposed
 */
export function transition(
  rollout: Rollout,
  decision: Decision,
  verdicts: readonly Verdict[],
  now: Instant,
): readonly FieldChange[] {
  switch (decision.kind) {
    case 'none':
    case 'hold':
    case 'kill':
      return [];
    case 'start':
      return started(rollout, decision.to, now);
    case 'advance':
      return [
        status('stage', decision.to.name),
        status('since', formatInstant(now)),
        status('reason', undefined),
        approvalsWithout(rollout, decision.to),
        ...pinned(decision.to, verdicts),
      ];
    case 'complete':
      return [status('phase', 'completed'), status('reason', undefined), ...levelsOf(verdicts)];
    case 'pause':
      return [status('phase', 'paused'), status('reason', decision.why.text)];
    case 'rollback':
      return rolledBack(rollout, decision.to, decision.why.text, now);
    case 'degrade':
      return [
        status('phase', 'degraded'),
        status('since', formatInstant(now)),
        status('serving', 'fallback'),
        anotherTry(rollout),
        status('approvals', undefined),
        status('reason', decision.why.text),
      ];
  }
}

/** A step up, from nobody to the first stage or from one stage to the next. */
export type StepUp = Extract<Decision, { kind: 'start' | 'advance' | 'complete' }>;

export const isStepUp = (decision: Decision): decision is StepUp =>
  decision.kind === 'start' || decision.kind === 'advance' || decision.kind === 'complete';

/** A step that takes users back or keeps them where they are. */
export const isStepBack = ({ kind }: Decision): boolean =>
  kind === 'rollback' || kind === 'degrade' || kind === 'pause';

/** The rollout as a step up would leave it, as far as users are concerned. */
export function steppedUp(rollout: Rollout, decision: StepUp): Rollout {
  const status: Status =
    decision.kind === 'complete'
      ? { ...rollout.status, phase: 'completed' }
      : { ...rollout.status, phase: 'progressing', stage: decision.to.name, serving: 'treatment' };
  return { ...rollout, status };
}

function started(rollout: Rollout, first: Stage, now: Instant): readonly FieldChange[] {
  const at = formatInstant(now);
  return [
    status('phase', 'progressing'),
    status('stage', first.name),
    status('since', at),
    status('started', at),
    status('ladder', rollout.ladder.kind === 'named' ? rollout.ladder.digest : undefined),
    status('serving', undefined),
    status('baseline', undefined),
    ...(rollout.status.levels === undefined ? [] : [status('levels', undefined)]),
    status('reason', undefined),
    approvalsWithout(rollout, first),
  ];
}

function rolledBack(
  rollout: Rollout,
  to: Stage | undefined,
  reason: string,
  now: Instant,
): readonly FieldChange[] {
  return [
    status('phase', 'rolled-back'),
    status('stage', to?.name),
    status('since', formatInstant(now)),
    status('serving', to === undefined ? 'control' : undefined),
    anotherTry(rollout),
    // What was approved is not approved any more: the next way up is a new one.
    status('approvals', undefined),
    status('reason', reason),
  ];
}

/** Each stay in a stage that nobody planned is judged with a share of chance of its own. */
const anotherTry = ({ status: { entry } }: Rollout): FieldChange => status('entry', entry + 1);

/** An approval is used up by entering its stage. */
function approvalsWithout(rollout: Rollout, stage: Stage): FieldChange {
  const left = rollout.status.approvals.filter((approval) => approval.stage !== stage.name);
  return status('approvals', left.length === 0 ? undefined : left.map(written));
}

/** An approval as a file writes it. */
const written = ({ by, stage, comment, at }: Approval): Json => ({
  by,
  stage,
  ...defined({ comment, at }),
});

/** At 100 % there is no control: its levels are kept for the relative checks of the last stage. */
function pinned(to: Stage, verdicts: readonly Verdict[]): readonly FieldChange[] {
  if (kindOf(to) !== 'everyone') return [];
  const levels = verdicts.flatMap(({ check, evidence }) => {
    const level = evidence.baseline?.value ?? evidence.control;
    return level === undefined ? [] : [[check.metric.name, level] as const];
  });
  return levels.length === 0 ? [] : [status('baseline', Object.fromEntries(levels))];
}

/** What the treatment is like when everybody has it: drift is measured from there. */
function levelsOf(verdicts: readonly Verdict[]): readonly FieldChange[] {
  const levels = verdicts.flatMap(({ check, evidence }) => {
    const level = evidence.drift?.level ?? evidence.value;
    return check.drift === undefined || level === undefined
      ? []
      : [[check.metric.name, level] as const];
  });
  return levels.length === 0 ? [] : [status('levels', Object.fromEntries(levels))];
}

/* ---- What people's commands change ---- */

/**
 * Goes on from where the rollout is, under the ladder as it is now: a new entry. A rollout that is
 * off has no stage to go on from and starts anew.
 */
export function resumed(rollout: Rollout, now: Instant): readonly FieldChange[] {
  if (rollout.status.stage === undefined) return restarted(rollout);
  return [
    status('phase', 'progressing'),
    status('since', formatInstant(now)),
    status('serving', undefined),
    anotherTry(rollout),
    status('reason', undefined),
    status('ladder', rollout.ladder.kind === 'named' ? rollout.ladder.digest : undefined),
  ];
}

/**
 * Back to the beginning: off, until the rules of starting let it start. Of a blue-green rollout that
 * is completed it is the beginning of the next one, and nobody's answer changes by it.
 */
export function restarted(rollout: Rollout): readonly FieldChange[] {
  const pending = { phase: 'pending', entry: rollout.status.entry + 1 };
  return [...(swaps(rollout) ? swapped(rollout) : []), { path: ['status'], value: pending }];
}

/** [F1] Whether starting again is the other colour's turn: what all users have is the default now. */
export function swaps({ strategy, status }: Rollout): boolean {
  return strategy === 'blue-green' && status.phase === 'completed';
}

function swapped({ treatment, control, fallback }: Rollout): readonly FieldChange[] {
  return [
    { path: ['treatment'], value: control },
    { path: ['control'], value: treatment },
    // The old control is what is rolled out next, and nothing to fall back on.
    ...(fallback === control ? [{ path: ['fallback'], value: undefined }] : []),
  ];
}

export function paused(reason: string): readonly FieldChange[] {
  return [status('phase', 'paused'), status('reason', reason)];
}

/** Lists an approval, in place of any other by the same person for the same stage. */
export function approved(rollout: Rollout, approval: Approval): readonly FieldChange[] {
  const others = rollout.status.approvals.filter(
    ({ by, stage }) => by !== approval.by || stage !== approval.stage,
  );
  return [
    status('phase', rollout.status.phase),
    status('approvals', [...others, approval].map(written)),
  ];
}

/** The clock restarts: whoever was exposed before is exposed again. */
export function unkilled(rollout: Rollout, now: Instant): readonly FieldChange[] {
  return [
    { path: ['kill'], value: undefined },
    ...(rollout.status.stage === undefined
      ? []
      : [status('since', formatInstant(now)), anotherTry(rollout)]),
  ];
}

const status = (key: string, value: Json | undefined): FieldChange => ({
  path: ['status', key],
  value,
});
