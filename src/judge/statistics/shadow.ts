import type { ShadowRule } from '../../model/trial.ts';
import type { ConfidenceInterval } from './interval.ts';
import { type Counts, compareProportions, countsOf, wilson } from './proportions.ts';

/** What a shadow, which answers without being heard, has shown so far. */
export interface ShadowState {
  /** Of the answers that were compared, those that agreed with what users got. */
  readonly agreement: Counts;
  /** Failures of the answers that users got, and of the shadow's. */
  readonly errors: { readonly control: Counts; readonly shadow: Counts };
  /** 95th percentiles, in one unit. */
  readonly p95: { readonly control: number; readonly shadow: number };
}

export const SHADOW_RULE: ShadowRule = {
  minSamples: 1000,
  agreement: 0.85,
  p95Ratio: 1.5,
  errorRatio: 2,
};

export interface ShadowVerdict {
  readonly kind:
    | 'insufficient-data'
    | 'fix-errors'
    | 'investigate-disagreement'
    | 'optimise-latency'
    | 'promote-to-canary';
  readonly rule: ShadowRule;
  /** The least of what was counted for agreement and for either side's errors. */
  readonly samples: number;
  readonly agreement: { readonly rate: number; readonly interval: ConfidenceInterval };
  /** None where the control has nothing to be a multiple of. */
  readonly errorRatio?: number;
  readonly p95Ratio?: number;
}

/** So few failures say nothing of a ratio, unless they alone are too many for chance. */
const FEW_ERRORS = 5;
const CONFIDENCE = 0.95;

/**
 * Whether a shadow is fit to take users. If several things are wrong, the first to fix is named:
 * errors, because an answer that failed also disagrees and is often quick; then disagreement,
 * because a wrong answer need not be made faster, and fixing it may change what it costs.
 *
 * Errors that look too many, but may be chance, are `insufficient-data`: neither wrong nor fit.
 */
export function judgeShadow(state: ShadowState, rule: ShadowRule = SHADOW_RULE): ShadowVerdict {
  const agreement = countsOf(state.agreement);
  const errors = { control: countsOf(state.errors.control), shadow: countsOf(state.errors.shadow) };
  const samples = Math.min(agreement.total, errors.control.total, errors.shadow.total);
  const rate = agreement.total > 0 ? agreement.events / agreement.total : 0;
  const errorRatio = ratioOf(rateOf(errors.shadow), rateOf(errors.control));
  const p95Ratio = ratioOf(state.p95.shadow, state.p95.control);
  const verdict = (kind: ShadowVerdict['kind']): ShadowVerdict => ({
    kind,
    rule,
    samples,
    agreement: { rate, interval: wilson(agreement, CONFIDENCE) },
    ...(Number.isFinite(errorRatio) ? { errorRatio } : {}),
    ...(Number.isFinite(p95Ratio) ? { p95Ratio } : {}),
  });
  if (samples < Math.max(1, rule.minSamples)) return verdict('insufficient-data');
  if (Number.isNaN(p95Ratio)) return verdict('insufficient-data');
  if (errorRatio >= rule.errorRatio) {
    const comparison = compareProportions(errors.control, errors.shadow, CONFIDENCE);
    if (comparison && comparison.p.above < 1 - CONFIDENCE) return verdict('fix-errors');
    if (errors.shadow.events >= FEW_ERRORS) return verdict('insufficient-data');
  }
  if (rate < rule.agreement) return verdict('investigate-disagreement');
  if (p95Ratio >= rule.p95Ratio) return verdict('optimise-latency');
  return verdict('promote-to-canary');
}

const rateOf = ({ events, total }: Counts): number => (total > 0 ? events / total : 0);

/** None of nothing is as much as before; any of nothing is infinitely more. */
const ratioOf = (value: number, base: number): number =>
  value === 0 && base === 0 ? 1 : value / base;
