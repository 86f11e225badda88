import type { Limits } from '../../model/check.ts';
import type { InsufficientReason } from '../../model/verdict.ts';
import { HOUR, type Instant } from '../../time.ts';
import { judgeAll } from '../sequential/sequential.ts';
import { EXPECTED_SAMPLES } from '../silence.ts';
import type { CountsPlan } from './plan.ts';
import type { ArmTotal, Series } from './series.ts';

/** A treatment with a smaller share of control's rate of events is better than changes are. */
const TOO_GOOD = 0.1;
/** How often chance may call an arm too good: it only holds, and a person looks. */
const ALPHA = 0.001;
/** The totals of both arms over the entry. */
interface Totals {
  readonly treatment: ArmTotal;
  readonly control: ArmTotal | undefined;
}

/**
 * Why few or no events are no proof of health, or `undefined` where they are: a label that was renamed,
 * a typo in `events` or a new version that reports its errors otherwise all look like "0 % failures".
 */
export function incredible(
  plan: CountsPlan,
  series: Series,
  { treatment, control }: Totals,
): InsufficientReason | undefined {
  const { metric, limits, warn } = plan.check;
  if (metric.kind !== 'proportion') return undefined;
  const { from } = plan.question;
  if (hasVanished(plan, series, 'treatment', plan.since)) return 'vanished';
  if (plan.control && hasVanished(plan, series, 'control', from)) return 'vanished';
  const isHarm = isLimitedFromAbove(limits) || isLimitedFromAbove(warn);
  return isHarm && plan.comparable && control && isTooGood(plan, series, { treatment, control })
    ? 'too-good'
    : undefined;
}

/**
 * There were events, 20 more were to be expected since, by the lower quartile of the hours in which the
 * arm reported, and none came while it went on reporting.
 */
function hasVanished(
  { question }: CountsPlan,
  series: Series,
  arm: 'treatment' | 'control',
  start: Instant,
): boolean {
  const { from, step, to } = question;
  const { events, totals } = series.columnsOf(arm);
  let last = -1;
  for (let place = 0; place < totals.length; place += 1) {
    const at = from + place * step;
    if (at < start) continue;
    if ((events[place] ?? 0) > 0) last = place;
  }
  if (last < 0) return false;
  const lastAt = from + (last + 1) * step;
  const hours = new Map<number, number>();
  if (to - lastAt < step) return false;
  for (let place = 0; place <= last; place += 1) {
    const at = from + place * step;
    if (at < start || !((totals[place] ?? 0) > 0)) continue;
    const hour = Math.floor((at - lastAt) / HOUR);
    hours.set(hour, (hours.get(hour) ?? 0) + (events[place] ?? 0));
  }
  const counts = [...hours.values()].sort((a, b) => a - b);
  const quartile = counts[Math.floor((counts.length - 1) / 4)] ?? 0;
  return (quartile * (to - lastAt)) / HOUR >= EXPECTED_SAMPLES;
}

/** The treatment's rate of events is proven to be below a tenth of control's. */
function isTooGood(
  { since, planned }: CountsPlan,
  series: Series,
  { treatment, control }: Totals & { readonly control: ArmTotal },
): boolean {
  // Cheaper than the test, and needed for it: not one event where a tenth of control's rate gives so many.
  const expected = treatment.samples * control.value * TOO_GOOD;
  if (treatment.value >= TOO_GOOD * control.value || expected < -Math.log(ALPHA)) return false;
  const [reading] = judgeAll(
    { metric: 'proportion', from: since, planned, alpha: ALPHA, confidence: 1 - ALPHA },
    [{ side: 'lower', against: 'ratio', ratio: TOO_GOOD }],
    series.history(),
  );
  return reading?.verdict === 'breach';
}

const isLimitedFromAbove = ({ max, maxIncrease, maxRatio }: Limits): boolean =>
  max !== undefined || maxIncrease !== undefined || maxRatio !== undefined;
