import { normalCdf, normalUpperQuantile } from './distributions.ts';
import { cohensH } from './proportions.ts';

/** How an experiment is to decide. */
export interface Design {
  /** The chance of seeing a difference where there is none: 0.05. */
  readonly alpha: number;
  /** The chance of seeing the difference where there is one: 0.8. */
  readonly power: number;
  /** 2 asks for a difference either way (the default), 1 for one way only. */
  readonly sides?: 1 | 2;
  /** Samples in B for each one in A. 1 unless given; 0.05 / 0.95 at an exposure of 5 %. */
  readonly ratio?: number;
}

/** Samples needed, or there, in each arm. */
export interface ArmSizes {
  readonly a: number;
  readonly b: number;
}

/** The standard deviations of the arms, in the metric's unit. */
export interface Spread {
  readonly a: number;
  readonly b: number;
}

/**
 * Samples needed to see that a proportion is `to` and no longer `from`, by the arcsine
 * transformation (Cohen 1988, ch. 6): n_A = (1 + 1/ratio) ((z_α + z_power) / h)², n_B = ratio · n_A,
 * rounded up.
 *
 * @returns `undefined` where no number is enough: there is no difference to see
 */
export function samplesForProportions(
  from: number,
  to: number,
  design: Design,
): ArmSizes | undefined {
  return sizes((1 + 1 / ratioOf(design)) / cohensH(from, to) ** 2, design);
}

/** Samples needed to see a difference of means, in the metric's unit; the same, by the normal. */
export function samplesForMeans(
  difference: number,
  spread: Spread,
  design: Design,
): ArmSizes | undefined {
  return sizes((spread.a ** 2 + spread.b ** 2 / ratioOf(design)) / difference ** 2, design);
}

/** The chance that `arms` samples show that a proportion is `to` and no longer `from`. */
export function powerForProportions(
  from: number,
  to: number,
  arms: ArmSizes,
  { alpha, sides = 2 }: Pick<Design, 'alpha' | 'sides'>,
): number {
  return powerAt(Math.abs(cohensH(from, to)) * Math.sqrt(harmonic(arms)), alpha, sides);
}

/** The chance that `arms` samples show a difference of means. */
export function powerForMeans(
  difference: number,
  spread: Spread,
  arms: ArmSizes,
  { alpha, sides = 2 }: Pick<Design, 'alpha' | 'sides'>,
): number {
  const error = standardError(spread, arms);
  if (difference === 0 || error === Number.POSITIVE_INFINITY) return powerAt(0, alpha, sides);
  return powerAt(Math.abs(difference) / error, alpha, sides);
}

/**
 * The nearest rates below and above `from` that `arms` samples show with the design's power;
 * `undefined` where no rate on that side is far enough away.
 */
export function detectableProportions(
  from: number,
  arms: ArmSizes,
  design: Pick<Design, 'alpha' | 'power' | 'sides'>,
): { readonly below?: number; readonly above?: number } {
  const angle = Math.asin(Math.sqrt(from));
  const half = zOf(design) / Math.sqrt(harmonic(arms)) / 2;
  return {
    ...(angle - half >= 0 ? { below: Math.sin(angle - half) ** 2 } : {}),
    ...(angle + half <= Math.PI / 2 ? { above: Math.sin(angle + half) ** 2 } : {}),
  };
}

/** The smallest difference of means, in the metric's unit, that `arms` samples show. */
export function detectableMeans(
  spread: Spread,
  arms: ArmSizes,
  design: Pick<Design, 'alpha' | 'power' | 'sides'>,
): number {
  return zOf(design) * standardError(spread, arms);
}

const ratioOf = ({ ratio = 1 }: Design): number => ratio;

/** z_α + z_power; a power below α needs no sample at all. */
function zOf({ alpha, power, sides = 2 }: Pick<Design, 'alpha' | 'power' | 'sides'>): number {
  return Math.max(0, normalUpperQuantile(alpha / sides) + normalUpperQuantile(1 - power));
}

function sizes(perUnit: number, design: Design): ArmSizes | undefined {
  const exact = perUnit * zOf(design) ** 2;
  const a = Math.max(1, Math.ceil(exact));
  const b = Math.max(1, Math.ceil(exact * ratioOf(design)));
  return Number.isFinite(a) && Number.isFinite(b) ? { a, b } : undefined;
}

/** 1 / (1/a + 1/b) */
const harmonic = ({ a, b }: ArmSizes): number => (a > 0 && b > 0 ? 1 / (1 / a + 1 / b) : 0);

const standardError = (spread: Spread, { a, b }: ArmSizes): number =>
  a > 0 && b > 0
    ? Math.hypot(spread.a / Math.sqrt(a), spread.b / Math.sqrt(b))
    : Number.POSITIVE_INFINITY;

/** The chance of passing a test whose statistic is normal around `shift`; by either end, if two. */
function powerAt(shift: number, alpha: number, sides: 1 | 2): number {
  const critical = normalUpperQuantile(alpha / sides);
  return normalCdf(shift - critical) + (sides === 2 ? normalCdf(-shift - critical) : 0);
}
