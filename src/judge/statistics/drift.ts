/** How far a level may fall behind the one it had at 100 %. */
export interface DriftRule {
  readonly better: 'more' | 'less';
  /** 0.95: five percent of the pinned level. Where less is better, it is five percent above. */
  readonly keep: number;
  /** Fewer points than this say nothing. */
  readonly minPoints: number;
}

export interface DriftVerdict {
  readonly kind: 'steady' | 'drift' | 'insufficient';
  readonly rule: DriftRule;
  readonly pinned: number;
  /** In the metric's unit. */
  readonly threshold: number;
  /** The mean over the window. */
  readonly level?: number;
  readonly points: number;
  /** How many of them are past the threshold. */
  readonly past: number;
}

/**
 * Holds a window against the level pinned at 100 %. It has drifted when every point of the window
 * is past the threshold: one good look in a week is no drift, and one bad look is none either.
 *
 * The distance is taken from the level's size, as limits take it, so that it means the same below
 * zero.
 *
 * @param window what was measured over the window, in the metric's unit; what is not finite says
 *   nothing
 */
export function judgeDrift(
  pinned: number,
  window: readonly number[],
  rule: DriftRule,
): DriftVerdict {
  const distance = (1 - rule.keep) * Math.abs(pinned);
  const threshold = rule.better === 'more' ? pinned - distance : pinned + distance;
  const points = window.filter(Number.isFinite);
  const past = points.filter((value) =>
    rule.better === 'more' ? value < threshold : value > threshold,
  ).length;
  const enough = points.length >= Math.max(1, rule.minPoints) && Number.isFinite(pinned);
  const kind = !enough ? 'insufficient' : past === points.length ? 'drift' : 'steady';
  return {
    kind,
    rule,
    pinned,
    threshold,
    ...(points.length > 0
      ? { level: points.reduce((sum, value) => sum + value / points.length, 0) }
      : {}),
    points: points.length,
    past,
  };
}
