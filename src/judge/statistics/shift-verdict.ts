import { defined } from '../../defined.ts';
import { hodgesLehmann, type Shift } from './hodges-lehmann.ts';
import { mannWhitney } from './mann-whitney.ts';
import { meanOf, type Sample } from './sample.ts';

/** How large a shift must be to matter. */
export interface ShiftRule {
  /** 0.98 is Kayenta's; where one looks again and again, what is left of it for this look. */
  readonly confidence: number;
  /** The interval must lie beyond this share of the estimate. 0.25 is Kayenta's. */
  readonly tolerance: number;
  readonly effect: EffectRule;
}

/** What must be as large as allowed before a shift counts; `high` and `low` bound what is allowed. */
export interface EffectRule {
  /**
   * `mean-ratio`: the treatment's mean over the control's, 1.5 is half as much again.
   * `common-language`: the share of pairs in which the treatment is larger, 0.5 is no difference.
   */
  readonly measure: 'mean-ratio' | 'common-language';
  readonly high: number;
  readonly low: number;
}

export interface ShiftVerdict {
  readonly kind: 'high' | 'low' | 'no-change' | 'insufficient';
  readonly rule: ShiftRule;
  readonly samples: { readonly treatment: number; readonly control: number };
  readonly shift?: Shift;
  /** Of the pairs, the share in which the treatment is larger. */
  readonly superiority?: number;
  /** The two-sided p-value of the Mann–Whitney test. */
  readonly p?: number;
  /** None where a mean is not above zero: then a ratio means nothing, and the interval decides. */
  readonly meanRatio?: number;
}

/**
 * Holds two distributions against each other as the judge of Kayenta does (`NetflixACAJudge`,
 * `MannWhitneyClassifier`): high when the interval of the shift lies above tolerance · |estimate|
 * and the effect is as large as allowed, low when it mirrors that. Unlike there, values too few
 * for the confidence are `insufficient`, and constant values get no noise: they need none.
 */
export function judgeShift(control: Sample, treatment: Sample, rule: ShiftRule): ShiftVerdict {
  const samples = { treatment: treatment.total, control: control.total };
  const shift = hodgesLehmann(control, treatment, rule.confidence);
  const test = mannWhitney(control, treatment);
  if (!shift?.reached || !test) return { kind: 'insufficient', rule, samples };
  const ratio = meanRatio(control, treatment);
  const effect = rule.effect.measure === 'mean-ratio' ? ratio : test.superiority;
  const margin = rule.tolerance * Math.abs(shift.estimate);
  const high = shift.interval.low > margin && (effect === undefined || effect >= rule.effect.high);
  const low = shift.interval.high < -margin && (effect === undefined || effect <= rule.effect.low);
  return {
    kind: high ? 'high' : low ? 'low' : 'no-change',
    rule,
    samples,
    shift,
    superiority: test.superiority,
    p: test.p.twoSided,
    ...defined({ meanRatio: ratio }),
  };
}

function meanRatio(control: Sample, treatment: Sample): number | undefined {
  const [from, to] = [meanOf(control) ?? 0, meanOf(treatment) ?? 0];
  const ratio = to / from;
  return from > 0 && to > 0 && Number.isFinite(ratio) ? ratio : undefined;
}
