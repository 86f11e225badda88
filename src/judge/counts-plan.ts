import type { CountersQuery } from '../metrics/provider.ts';
import { templatesOf } from '../rollout/checks.ts';
import { isRelative } from '../rollout/limits.ts';
import { type Check, currentStage, type Mean, type Proportion } from '../rollout/model.ts';
import { DAY, type Duration, HOUR, type Instant, MINUTE } from '../time.ts';
import { armsOf, fill, type PlanContext, variantsOf } from './arms.ts';
import type { Grid } from './counts.ts';

/** As fine as an entry of this length can be read in one answer of a size that every server gives. */
export const STEPS: readonly Duration[] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];
export const MOST_MOMENTS = 1_600;
/**
 * How far back before the evidence counters are read: so far that they were, and what the control's
 * day was like, from which a test learns how unevenly its events fall.
 */
export const BEFORE: Duration = DAY;

export type CountsCheck = Check & { readonly metric: Proportion | Mean };

/** The counters of both arms since the entry began: enough for a tick that remembers nothing. */
export interface CountsPlan {
  readonly kind: 'counts';
  readonly check: CountsCheck;
  /** The treatment's counters in the order of the metric's queries, then the control's. */
  readonly query: CountersQuery;
  /** How many expressions an arm has. */
  readonly width: number;
  /** The first moment that counts as evidence. */
  readonly since: Instant;
  readonly elapsed: Duration;
  /** How long the entry is meant to take. */
  readonly planned: Duration;
  /** Whether some users have the control, and whether it may be compared with. */
  readonly control: boolean;
  readonly comparable: boolean;
  /** The control's counters over the history that the check is relative to. */
  readonly baseline?: CountersQuery;
}

/** Says which counters to read. */
export function planCounts(check: CountsCheck, since: Instant, context: PlanContext): CountsPlan {
  const { rollout, now } = context;
  const { treatment, control } = variantsOf(rollout);
  const arms = armsOf(rollout, check);
  const templates = templatesOf(check.metric);
  const of = (variant: string): readonly string[] =>
    templates.map((template) => fill(template, context, variant));
  const grid = gridOver(since, now);
  const history = historyOf(check, context, grid);
  return {
    kind: 'counts',
    check,
    query: {
      kind: 'counters',
      // Where nobody has the control any more, its day before the entry still tells how unevenly
      // events fall.
      expressions: [...of(treatment), ...(arms.told ? of(control) : [])],
      ...grid,
    },
    width: templates.length,
    since,
    elapsed: now - since,
    planned: currentStage(rollout)?.stage.duration ?? DAY,
    control: arms.control,
    comparable: arms.comparable,
    ...(history === undefined
      ? {}
      : { baseline: { kind: 'counters', expressions: of(rollout.control), ...history } }),
  };
}

/** How many moments an answer may have, and how long before the evidence it begins. */
export interface Reach {
  readonly most?: number;
  readonly before?: Duration;
}

/**
 * Moments from before the evidence until now, counted back from now, so that the newest counts are
 * always in; what of the first moments falls between two is less than a step.
 */
export function gridOver(
  since: Instant,
  now: Instant,
  { most = MOST_MOMENTS, before = BEFORE }: Reach = {},
): Grid {
  const whole = now - since + before;
  const step = stepFor(whole, most);
  const back = Math.ceil(whole / step);
  return { from: now - back * step, to: now, step };
}

/** How far apart so many moments are at least. */
export function stepFor(length: Duration, most = MOST_MOMENTS): Duration {
  return STEPS.find((each) => length / each <= most) ?? length / most;
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
