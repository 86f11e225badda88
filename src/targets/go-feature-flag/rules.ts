import { BUCKETS, type Exposure } from '../../model/exposure.ts';
import type { Rollout } from '../../model/rollout.ts';
import { formatInstant, type Instant } from '../../time.ts';
import { isIn, type Logic, type Slices } from '../entries/audience-logic.ts';
import { percentages } from './percentages.ts';

/** What users get: one variation, or a split by percentages that sum to 100. */
export interface RuleResult {
  readonly variation?: string;
  readonly percentage?: Readonly<Record<string, number>>;
}

export interface TargetingRule extends RuleResult {
  readonly name: string;
  readonly query?: string;
  readonly disable?: boolean;
}

/** Who gets what: the first rule that matches, otherwise the default. */
export interface Rules {
  readonly targeting?: readonly TargetingRule[];
  readonly defaultRule: RuleResult;
}

export interface TargetingStep extends Rules {
  readonly date: string;
}

export interface Schedule extends Rules {
  /** Changes to the rules at a moment, merged into them by the rules' names. */
  readonly scheduledRollout?: readonly TargetingStep[];
}

/** The variation that the exposed users get. */
export interface Served {
  readonly name: string;
  /** The name is made up: the variant's own would go to other users. */
  readonly alias: boolean;
}

/**
 * GO Feature Flag gives the first buckets to the variation whose name is sorted last. So that a
 * fallback goes to the very users who had the treatment, it must be on the same side of the control.
 */
export function servedName(rollout: Rollout, { variant, control }: Exposure): Served {
  const first = rollout.treatment > control;
  if (variant === control || variant > control === first) return { name: variant, alias: false };
  // Names of variants begin with a letter or a digit: after `-`, before `~`.
  let name = variant;
  do name = `${first ? '~' : '-'}${name}`;
  while (Object.hasOwn(rollout.variants, name));
  return { name, alias: true };
}

/** The rules of an exposure at any time. */
export function rulesOf(exposure: Exposure, slices: Slices, served: string): Rules {
  const { control, allow, block } = exposure;
  const share = (weight: number): RuleResult => shareOf(weight, served, control);
  const targeting: readonly TargetingRule[] = [
    ...(block.length === 0 ? [] : [rule('block', isIn(KEY, block), { variation: control })]),
    ...(allow.length === 0 ? [] : [rule('allow', isIn(KEY, allow), { variation: served })]),
    ...slices.slices.map(({ condition, weight }, index) =>
      rule(`audience-${index + 1}`, condition, share(weight)),
    ),
  ];
  return { ...(targeting.length > 0 ? { targeting } : {}), defaultRule: share(slices.rest) };
}

/** The rules from the start to the end, and the control outside. */
export function scheduled(
  live: Rules,
  control: string,
  { start, end }: Pick<Rollout, 'start' | 'end'>,
): Schedule {
  const off = { defaultRule: { variation: control } };
  const steps: readonly TargetingStep[] = [
    ...(start === undefined ? [] : [{ date: date(start), ...live }]),
    ...(end === undefined ? [] : [{ date: date(end), ...undone(live, control) }]),
  ];
  return {
    ...(start === undefined ? live : off),
    ...(steps.length > 0 ? { scheduledRollout: steps } : {}),
  };
}

/** A step is merged into what is there: what a rule said before must be taken back by its name. */
function undone({ targeting, defaultRule }: Rules, control: string): Rules {
  const { percentage } = defaultRule;
  const none = Object.keys(percentage ?? {}).map((name) => [name, name === control ? 100 : 0]);
  return {
    ...(targeting === undefined
      ? {}
      : { targeting: targeting.map((rule) => ({ ...rule, disable: true })) }),
    defaultRule:
      percentage === undefined ? { variation: control } : { percentage: Object.fromEntries(none) },
  };
}

const KEY = 'targetingKey';
const date = (instant: Instant): string => formatInstant(instant);

const rule = (name: string, query: Logic, outcome: RuleResult): TargetingRule => ({
  name,
  query: JSON.stringify(query),
  ...outcome,
});

function shareOf(weight: number, served: string, control: string): RuleResult {
  if (weight === 0) return { variation: control };
  if (weight >= BUCKETS) return { variation: served };
  const servedFirst = served > control;
  const { first, second } = percentages(servedFirst ? weight : BUCKETS - weight);
  return {
    percentage: servedFirst
      ? { [served]: first, [control]: second }
      : { [served]: second, [control]: first },
  };
}
