import type { Change, Limits } from '../../model/check.ts';
import type { LimitCheck, LimitName } from '../../model/verdict.ts';

/**
 * Holds one value against limits. Relative limits are left out where there is no baseline.
 *
 * A change is a distance from the baseline: up by `5%` of 0.2 is past 0.21. The distance uses the
 * baseline's size, so that "5 % worse" means the same below zero.
 */
export function holdAgainst(
  value: number,
  limits: Limits,
  level: LimitCheck['level'],
  baseline: number | undefined,
): readonly LimitCheck[] {
  const upper = (name: LimitName, threshold: number): LimitCheck => ({
    name,
    level,
    threshold,
    over: value > threshold,
  });
  const lower = (name: LimitName, threshold: number): LimitCheck => ({
    name,
    level,
    threshold,
    over: value < threshold,
  });
  const checks: LimitCheck[] = [];
  if (limits.max !== undefined) checks.push(upper('max', limits.max));
  if (limits.min !== undefined) checks.push(lower('min', limits.min));
  if (baseline === undefined) return checks;
  if (limits.maxIncrease) {
    checks.push(upper('max_increase', baseline + distance(limits.maxIncrease, baseline)));
  }
  if (limits.maxDecrease) {
    checks.push(lower('max_decrease', baseline - distance(limits.maxDecrease, baseline)));
  }
  if (limits.maxRatio !== undefined) {
    // Twice a level below zero is as far above it as twice one above zero.
    const above = (limits.maxRatio - 1) * Math.abs(baseline);
    checks.push(upper('max_ratio', baseline < 0 ? baseline + above : baseline * limits.maxRatio));
  }
  return checks;
}

function distance(change: Change, baseline: number): number {
  return change.kind === 'relative' ? change.by * Math.abs(baseline) : change.by;
}

/** How much worse than control a treatment may look before it counts as worse: a fifth. */
const NO_WORSE = 0.2;

/**
 * Whether control is past the same absolute limit and the treatment no worse than it, give or
 * take a fifth: then whatever is wrong, it is not the flag.
 */
export function sharedWithControl(over: LimitCheck, value: number, control: number): boolean {
  switch (over.name) {
    case 'max':
      return control > over.threshold && value <= control + NO_WORSE * Math.abs(control);
    case 'min':
      return control < over.threshold && value >= control - NO_WORSE * Math.abs(control);
    default:
      return false;
  }
}

/** Whether a value is worse than its own control in the direction of the limit that it broke. */
export function worseThanControl(over: LimitCheck, value: number, control: number): boolean {
  const worse = NO_WORSE * Math.abs(control);
  return over.name === 'min' || over.name === 'max_decrease'
    ? value < control - worse
    : value > control + worse;
}

/** Whether a value is past a limit by as much again as the limit itself: clearly worse. */
export function farOver(over: LimitCheck, value: number): boolean {
  return over.over && Math.abs(value - over.threshold) >= Math.abs(over.threshold);
}
