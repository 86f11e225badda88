import type { Check, Mean, Proportion } from '../../model/check.ts';
import { isRelative } from '../../model/limits.ts';
import type { Grid, IncrementsQuestion } from '../../model/measurement.ts';
import { templatesOf } from '../../model/metric-queries.ts';
import { currentStage } from '../../model/rollout.ts';
import { DAY, type Duration, HOUR, type Instant, MINUTE } from '../../time.ts';
import { armsOf, fill, type PlanContext, variantsOf } from '../arms.ts';
import { finestStep, hearingOf } from '../sampling.ts';
import type { HearsArms } from '../silence.ts';

/** As fine as an entry of this length can be read in one answer of a size that every server gives. */
export const STEPS: readonly Duration[] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];
export const MOST_MOMENTS = 1_600;
/**
 * How far back before the evidence counters are read: so far that they were, and what the control's
 * day was like, from which a test learns how unevenly its events fall.
 */
export const BEFORE: Duration = DAY;

export type CountsCheck = Check & { readonly metric: Proportion | Mean };

/** What both arms counted since the entry began: enough for a tick that remembers nothing. */
export interface CountsPlan {
  readonly kind: 'counts';
  readonly check: CountsCheck;
  /** The treatment's counts in the order of the metric's queries, then the control's. */
  readonly question: IncrementsQuestion;
  /** How many queries an arm has. */
  readonly width: number;
  /** The first moment that counts as evidence. */
  readonly since: Instant;
  readonly elapsed: Duration;
  /** How long the entry is meant to take. */
  readonly planned: Duration;
  /** Whether some users have the control, and whether it may be compared with. */
  readonly control: boolean;
  readonly comparable: boolean;
  /** The control's counts over the history that the check is relative to. */
  readonly baseline?: IncrementsQuestion;
  readonly hears: HearsArms;
}

/** Says what to ask. */
export function planCounts(check: CountsCheck, since: Instant, context: PlanContext): CountsPlan {
  const { rollout, now } = context;
  const { treatment, control } = variantsOf(rollout);
  const arms = armsOf(rollout, check);
  const templates = templatesOf(check.metric);
  const of = (variant: string): readonly string[] =>
    templates.map((template) => fill(template, context, variant));
  const reach = { finest: finestStep(context) };
  const grid = gridOver(since, now, reach);
  const history = historyOf(check, context, grid, reach);
  return {
    kind: 'counts',
    check,
    question: {
      kind: 'increments',
      // Where nobody has the control any more, its day before the entry still tells how unevenly
      // events fall.
      queries: [...of(treatment), ...(arms.told ? of(control) : [])],
      ...grid,
    },
    width: templates.length,
    since,
    elapsed: now - since,
    planned: currentStage(rollout)?.stage.duration ?? DAY,
    control: arms.control,
    comparable: arms.comparable,
    hears: hearingOf(context),
    ...(history === undefined
      ? {}
      : { baseline: { kind: 'increments', queries: of(rollout.control), ...history } }),
  };
}

/**
 * How many moments an answer may have, how long before the evidence it begins, and how far apart
 * its moments are at least.
 */
export interface Reach {
  readonly most?: number;
  readonly before?: Duration;
  readonly finest?: Duration;
}

/**
 * Moments from before the evidence until now, counted back from now, so that the newest counts are
 * always in; what of the first moments falls between two is less than a step.
 *
 * Where moments are closer than a minute, an answer does not reach back as far: what was before the
 * evidence gives way, as long as the evidence takes up no more than half of it.
 */
export function gridOver(
  since: Instant,
  now: Instant,
  { most = MOST_MOMENTS, before = BEFORE, finest = MINUTE }: Reach = {},
): Grid {
  const elapsed = now - since;
  const fine = finest < MINUTE && elapsed <= (most * finest) / 2;
  const whole = fine ? Math.min(elapsed + before, most * finest) : elapsed + before;
  const step = fine ? finest : stepFor(whole, most);
  const back = Math.ceil(whole / step);
  return { from: now - back * step, to: now, step };
}

/** How far apart so many moments are at least. */
export function stepFor(length: Duration, most = MOST_MOMENTS, finest = MINUTE): Duration {
  const steps = finest < MINUTE ? [finest, ...STEPS] : STEPS;
  return steps.find((each) => length / each <= most) ?? length / most;
}

/** When the history was that relative limits compare with; that of the control, which everyone had. */
export function historyOf(
  check: Check,
  { rollout }: PlanContext,
  grid: Grid,
  reach: Reach = {},
): Grid | undefined {
  if (!isRelative(check.limits) && !isRelative(check.warn)) return undefined;
  const { baseline } = check;
  if (baseline.kind === 'offset') {
    return { ...grid, from: grid.from - baseline.by, to: grid.to - baseline.by };
  }
  if (baseline.kind === 'before-start' && rollout.status.started !== undefined) {
    return gridOver(rollout.status.started - baseline.over, rollout.status.started, reach);
  }
  return undefined;
}
