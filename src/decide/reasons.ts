import { defined } from '../defined.ts';
import type { CountedSplit } from '../judge/split.ts';
import type { Decision, Why, WhyCode } from '../model/decision.ts';
import type { Rollout } from '../model/rollout.ts';
import { formatValue, grouped, significant } from '../model/units.ts';
import type { Verdict } from '../model/verdict.ts';
import { approximateDuration, type Instant } from '../time.ts';

/** A verdict that says something is wrong. */
export type Harm = Extract<Verdict, { kind: 'breach' | 'warn' }>;

export const why = (code: WhyCode, text: string): Why => ({ code, text });

export const none = (code: WhyCode, text: string): Decision => ({
  kind: 'none',
  why: why(code, text),
});

/** Waits, until a moment where it is known. */
export const hold = (code: WhyCode, text: string, until?: Instant): Decision => ({
  kind: 'hold',
  why: why(code, text),
  ...defined({ until }),
  tell: false,
});

/** Waits for a person, who should hear of it. */
export const holdAndTell = (code: WhyCode, text: string): Decision => ({
  kind: 'hold',
  why: why(code, text),
  tell: true,
});

/** `error-rate is 3.57 % against 0.2 % (control), and at most 1 % is allowed (max)`. */
export function describeHarm({ kind, check, evidence }: Harm): string {
  const { name, unit } = check.metric;
  const over = evidence.limits.find((limit) => limit.level === kind && limit.over);
  if (evidence.value === undefined || !over) return `${name} is past its limit`;
  const { baseline } = evidence;
  const against = baseline
    ? ` against ${formatValue(baseline.value, unit)} (${baseline.from})`
    : '';
  const bound = over.name === 'min' || over.name === 'max_decrease' ? 'at least' : 'at most';
  return `${name} is ${formatValue(evidence.value, unit)}${against}, and ${bound} ${formatValue(over.threshold, unit)} is allowed (${over.name})`;
}

/** `700 users got on and 9,100 off, where 490 and 9,310 were to be expected (p 0.00002)`. */
export function describeMismatch(
  { treatment, fallback, control, status }: Rollout,
  { users, expected, p }: CountedSplit,
): string {
  const show = (count: number): string => grouped(Math.round(count));
  const ours = status.serving === 'fallback' ? fallback : treatment;
  const sure = p === undefined ? '' : ` (p ${significant(p)})`;
  return `users are not split as asked: ${show(users[0])} got ${ours} and ${show(users[1])} ${control}, where ${show(expected[0])} and ${show(expected[1])} were to be expected${sure}`;
}

export const hasDrifted = ({ evidence }: Verdict): boolean =>
  evidence.drift?.against?.kind === 'drift';

/** `satisfaction has been 3.6 for 1d, was 3.9 on completion, and should be at least 3.705`. */
export function describeDrift({ check, evidence: { drift } }: Verdict): string {
  const { name, unit } = check.metric;
  const { level, over = 0, against } = drift ?? {};
  if (level === undefined || against === undefined) return `${name} has drifted`;
  const { pinned, threshold } = against;
  const bound = threshold < pinned ? 'at least' : 'at most';
  return `${name} has been ${formatValue(level, unit)} for ${approximateDuration(over)}, was ${formatValue(pinned, unit)} on completion, and should be ${bound} ${formatValue(threshold, unit)}`;
}

/** `conversion: too few samples`. */
export function describeLack(verdict: Verdict): string {
  const reason = verdict.kind === 'insufficient' ? verdict.reason : verdict.kind;
  return `${verdict.check.metric.name}: ${reason.replaceAll('-', ' ')}`;
}

/** What targets could not carry out of a step up. */
export const describeShortfalls = (uncompiled: readonly string[]): string =>
  `users would not get it: ${uncompiled.join('; ')}`;

/** What the checks say all in all. */
export function health(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return 'it has no checks';
  const passed = verdicts.filter(({ kind }) => kind === 'pass').length;
  if (passed === verdicts.length) return 'all checks pass';
  const unknown = verdicts
    .filter(({ kind }) => kind === 'insufficient' || kind === 'unavailable')
    .map(describeLack);
  const others = unknown.length === 0 ? '' : `; not known: ${unknown.join('; ')}`;
  return `${passed} of ${verdicts.length} checks pass${others}`;
}
