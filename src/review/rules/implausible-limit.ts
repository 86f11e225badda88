import type { Limits, Unit } from '../../model/check.ts';
import { childOf, type Json } from '../../model/json.ts';
import type { Found } from '../../model/review-rule.ts';
import { formatValue } from '../../model/units.ts';
import type { LimitsRule } from '../rule.ts';

export const implausibleLimit = {
  id: 'implausible-limit',
  severity: 'error',
  warnsWhen: 'the limit may be meant as it is written',
  about: 'limits',
  why: 'A limit in another unit than was meant is never broken, or always.',
  // Thousands of rollouts have several each, and hardly any has a finding: no list is made for none.
  check({ metric, limits, written, path }) {
    const found: Found[] = [];
    for (const each of ratioBelowOne(limits)) found.push({ ...each, path: [...path, 'max_ratio'] });
    for (const key of KEYS) {
      const line = childOf(written, key);
      if (line === undefined) continue;
      const doubt = doubtAbout(key, limits, bare(line), metric.unit);
      if (doubt) found.push({ ...doubt, severity: 'warning', path: [...path, key] });
    }
    return found;
  },
} as const satisfies LimitsRule;

type Words = Pick<Found, 'message' | 'hint'>;

/** Keys of limits that have a unit. */
const KEYS = ['max', 'min', 'max_increase', 'max_decrease'] as const;
type Key = (typeof KEYS)[number];

function ratioBelowOne({ maxRatio }: Limits): readonly Words[] {
  if (maxRatio === undefined || maxRatio >= 1) return [];
  const message = `a treatment that equals its baseline is above \`max_ratio: ${maxRatio}\`, so nothing keeps to it`;
  const more = Number((1 + maxRatio).toPrecision(6));
  return [{ message, hint: `write ${more} if at most ${more} times the baseline is meant` }];
}

/** A limit that is a number without a unit, of which people may have thought in another one. */
function bare(written: Json | undefined): number | undefined {
  if (typeof written === 'number') return written;
  return typeof written === 'string' && /^-?[\d.]+$/.test(written) ? Number(written) : undefined;
}

function doubtAbout(
  key: Key,
  limits: Limits,
  written: number | undefined,
  unit: Unit,
): Words | undefined {
  const ofShare = unit === 'ratio' ? aboveAll(key, limits) : undefined;
  return ofShare ?? fallsByAll(key, limits) ?? otherUnit(key, written, unit);
}

/** Nothing is more than all of it. */
function aboveAll(key: Key, { max = 0, min = 0 }: Limits): Words | undefined {
  const hint = 'write a share below 100 %, or `unit: count` if the number is not a share';
  if (key === 'max' && max >= 1) {
    return {
      message: `no share is above ${formatValue(max, 'ratio')}, so \`max\` is never broken`,
      hint,
    };
  }
  if (key === 'min' && min > 1) {
    return {
      message: `every share is below ${formatValue(min, 'ratio')}, so \`min\` is always broken`,
      hint,
    };
  }
  return undefined;
}

function fallsByAll(key: Key, { maxDecrease }: Limits): Words | undefined {
  if (key !== 'max_decrease' || maxDecrease?.kind !== 'relative' || maxDecrease.by < 1) {
    return undefined;
  }
  const message = 'nothing falls by more than all of it, so `max_decrease` is never broken';
  return { message, hint: 'write less than 100%' };
}

/** The most seconds that are written without a unit and believed: latencies are shorter. */
const MOST_SECONDS = 60;
/** The most seconds of a difference that are: where there are more, per cent may be meant. */
const MOST_SECONDS_MORE = 5;

/** What people mean who forget that the metric is in another unit. */
function otherUnit(key: Key, number: number | undefined, unit: Unit): Words | undefined {
  if (number === undefined || number === 0) return undefined;
  const isChange = key === 'max_increase' || key === 'max_decrease';
  const says = `\`${key}: ${number}\``;
  switch (unit) {
    case 'seconds':
      if (number <= (isChange ? MOST_SECONDS_MORE : MOST_SECONDS)) return undefined;
      return {
        message: `${says} is ${formatValue(number, unit)}, because the metric is in seconds`,
        hint: `write \`${number}ms\`${isChange ? ` or \`${number}%\`` : ''} if that is meant, or \`${number}s\``,
      };
    case 'milliseconds':
      if (number >= 1) return undefined;
      return {
        message: `${says} is less than a millisecond, because the metric is in milliseconds`,
        hint: `write \`${number}s\`${isChange ? ` or \`${percent(number)}\`` : ''} if that is meant, or \`${number}ms\``,
      };
    case 'bytes':
      if (number >= 1) return undefined;
      return {
        message: `${says} is less than a byte`,
        hint: isChange
          ? `write \`${percent(number)}\` if that is meant`
          : 'write the limit in bytes',
      };
    // A score may be of 1 or of 100, and a cent or a count of 0.05 can be meant.
    case 'ratio':
    case 'count':
    case 'currency':
    case 'score':
      return undefined;
  }
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(6))}%`;
