import type { Unit } from '../model/check.ts';
import { formatValue, grouped, significant } from '../model/units.ts';
import type { LimitCheck, Tested, Verdict } from '../model/verdict.ts';
import { oneLine } from '../text.ts';
import { approximateDuration, formatInstant, type Instant } from '../time.ts';

/** What each reason for holding means, and what to do about it. */
const REASONS: Readonly<Record<Extract<Verdict, { kind: 'insufficient' }>['reason'], string>> = {
  settling: 'the stage is too young to have evidence of its own',
  'no-data': 'the query found nothing; check that the service reports this flag and variant',
  'no-traffic': 'there was nothing to take a share of yet',
  'no-buckets':
    'what `buckets` selects has no label le; select the _bucket series of a classic histogram',
  'beyond-buckets':
    'the limit is above the last bucket, in which it is; give the histogram larger buckets',
  nan: 'the query gave no number: NaN (often 0/0: no traffic), or a share below zero',
  infinite: 'the query gave an infinite value; check what it divides by',
  'silent-treatment': 'control reports and the treatment is silent',
  'silent-control': 'the treatment reports and control, which it is compared with, is silent',
  'never-seen':
    'no series has matched `events` in 30 days, of any flag; check the labels of the query, or write `zero: normal` in the metric if nothing ever fails',
  vanished:
    'there were events, and for some time there are none where many were to be expected; check that the query of `events` still finds them',
  'too-good':
    'fewer than a tenth of the events in control; check that the query of `events` finds those of the treatment, and say promote if it does',
  'too-few-samples': 'too few samples yet',
  'no-control': 'users chosen by a list are not comparable with everyone else',
  'no-baseline': 'there is nothing to compare with',
  unproven: 'not proven to keep to its limits yet',
  'over-limit-briefly': 'past its limit, but not for long enough yet to count',
};

/** One verdict in a sentence: `0.9 % against 0.4 % in control; at most 0.42 % is allowed (max_increase)`. */
export function describeVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'pass':
      return describeValue(verdict);
    case 'warn':
    case 'breach':
      return `${describeValue(verdict)}${lasting(verdict)}`;
    case 'insufficient': {
      const value = verdict.evidence.value === undefined ? '' : `${describeValue(verdict)}: `;
      const samples =
        verdict.reason === 'too-few-samples'
          ? ` (${Math.floor(verdict.evidence.samples ?? 0)} of ${verdict.evidence.samplesNeeded})`
          : '';
      return `${value}${REASONS[verdict.reason]}${samples}${lasting(verdict)}`;
    }
    case 'unavailable':
      return `no answer (${verdict.reason}): ${oneLine(verdict.detail)}`;
  }
}

function describeValue({ check, evidence }: Verdict): string {
  const { unit } = check.metric;
  if (evidence.value === undefined) return '';
  const parts = [formatValue(evidence.value, unit)];
  if (evidence.baseline) {
    parts.push(`against ${formatValue(evidence.baseline.value, unit)} (${evidence.baseline.from})`);
  } else if (evidence.control !== undefined) {
    parts.push(`against ${formatValue(evidence.control, unit)} in control`);
  }
  const limit = limitOf(evidence.limits);
  const words = limit && ['min', 'max_decrease'].includes(limit.name) ? 'at least' : 'at most';
  const said = evidence.tested?.find(
    ({ name, level }) => name === limit?.name && level === limit.level,
  );
  const broken = said?.says === 'breach';
  if (broken && said.since !== undefined) parts[0] += describeSpan(said.since, evidence.samples);
  if (said && !broken) parts[parts.length - 1] += describeInterval(said, unit);
  const allowed = limit
    ? `; ${words} ${formatValue(limit.threshold, unit)} is allowed (${limit.level === 'warn' ? 'warn ' : ''}${limit.name})`
    : '';
  // Of a share beyond a limit no interval is told, and none is sure of anything.
  const sure =
    broken && said.confidence > 0 ? `, ${significant(said.confidence * 100)} % sure` : '';
  return `${parts.join(' ')}${allowed}${sure}`;
}

/** ` (of 1,230 since 2026-12-10T13:32:00Z)`: a breach is told by what was counted since it began. */
function describeSpan(since: Instant, samples: number | undefined): string {
  const of = samples === undefined ? '' : `of ${grouped(Math.floor(samples))} `;
  return ` (${of}since ${formatInstant(since)})`;
}

/** `: 1.6 to 3.1 times control, 95 % sure`; nothing where nothing is known of it yet. */
function describeInterval({ of, low, high, confidence }: Tested, unit: Unit): string {
  const show = (value: number): string => {
    if (of === 'ratio') return significant(value);
    return unit === 'ratio' && of === 'difference'
      ? `${significant(value * 100)} points`
      : formatValue(value, unit);
  };
  const [least, most] = [
    Number.isFinite(low) && !(of === 'ratio' && low <= 0),
    Number.isFinite(high),
  ];
  if (!least && !most) return '';
  const range =
    least && most
      ? `${show(low)} to ${show(high)}`
      : least
        ? `at least ${show(low)}`
        : `at most ${show(high)}`;
  const what = { ratio: ' times control', difference: ' more than control', value: '' }[of];
  return `: ${range}${what}, ${significant(confidence * 100)} % sure`;
}

/** The limit to show: the one that is broken, otherwise the first. */
export function limitOf(limits: readonly LimitCheck[]): LimitCheck | undefined {
  return limits.find((limit) => limit.over) ?? limits[0];
}

function lasting({ evidence }: Verdict): string {
  if (!evidence.lasting) return '';
  const { seen, needed } = evidence.lasting;
  return `, for ${approximateDuration(seen)} of ${approximateDuration(needed)}`;
}
