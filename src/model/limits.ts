import { defined } from '../defined.ts';
import type { Change as ChangeFile, Limit as LimitFile, LimitsFile } from '../generated/files.ts';
import type { Change, Limits, Unit } from './check.ts';

/** A text that is no limit for this unit: what is wrong with it, for a person. */
export class LimitError extends Error {
  constructor(
    message: string,
    /** The key it stands at, where it is one of several. */
    readonly key?: string,
  ) {
    super(message);
  }
}

/**
 * Reads an absolute limit in the metric's unit: `0.01`, `1%` (ratios only), `250ms`, `3s` (times only).
 *
 * @throws LimitError where the text does not fit the unit.
 */
export function parseLimit(written: LimitFile, unit: Unit): number {
  const { number, suffix } = split(written);
  const value = inUnit(number, suffix, unit);
  if (unit === 'ratio' && suffix === '' && Math.abs(value) >= 1) {
    throw new LimitError(
      `${written} on a ratio is ${value * 100} %; write ${written}% if that is meant`,
    );
  }
  return value;
}

/**
 * Reads a change against the baseline: `5%` is relative, `0.5pp` is percentage points (ratios
 * only), a bare number, `250ms` or `3s` is a difference in the metric's unit.
 *
 * @throws LimitError where the text does not fit the unit.
 */
export function parseChange(written: ChangeFile, unit: Unit): Change {
  const { number, suffix } = split(written);
  if (suffix === '%') return { kind: 'relative', by: number / 100 };
  if (suffix === '' && unit === 'ratio' && number > 1) {
    throw new LimitError(
      `${written} on a ratio is ${number * 100} percentage points; write ${written}% or ${written}pp`,
    );
  }
  if (suffix !== 'pp') return { kind: 'absolute', by: inUnit(number, suffix, unit) };
  if (unit === 'ratio') return { kind: 'absolute', by: number / 100 };
  throw new LimitError(`percentage points need a metric whose unit is ratio; this one is ${unit}`);
}

/**
 * Reads the limit keys of a check or a metric; other keys are ignored.
 *
 * @throws LimitError naming the key that does not fit the unit.
 */
export function parseLimits(file: LimitsFile, unit: Unit): Limits {
  const read = <W, V>(key: string, written: W | undefined, parse: (w: W, unit: Unit) => V) => {
    if (written === undefined) return undefined;
    try {
      return parse(written, unit);
    } catch (error) {
      throw error instanceof LimitError ? new LimitError(`${key}: ${error.message}`, key) : error;
    }
  };
  const max = read('max', file.max, parseLimit);
  const min = read('min', file.min, parseLimit);
  const maxIncrease = read('max_increase', file.max_increase, parseChange);
  const maxDecrease = read('max_decrease', file.max_decrease, parseChange);
  return {
    ...defined({ max, min, maxIncrease, maxDecrease, maxRatio: file.max_ratio }),
  };
}

/** Whether any limit compares with a baseline. */
export function isRelative(limits: Limits): boolean {
  return [limits.maxIncrease, limits.maxDecrease, limits.maxRatio].some((l) => l !== undefined);
}

/** Whether there is any limit at all. */
export function hasLimits(limits: Limits): boolean {
  return isRelative(limits) || limits.max !== undefined || limits.min !== undefined;
}

function split(written: number | string): { readonly number: number; readonly suffix: string } {
  const text = String(written);
  const suffix = /(?:%|pp|ms|s)?$/.exec(text)?.[0] ?? '';
  return { number: Number(text.slice(0, text.length - suffix.length)), suffix };
}

function inUnit(number: number, suffix: string, unit: Unit): number {
  switch (suffix) {
    case '':
      return number;
    case '%':
      if (unit === 'ratio') return number / 100;
      throw new LimitError(`a limit in % needs a metric whose unit is ratio; this one is ${unit}`);
    default: {
      if (unit !== 'seconds' && unit !== 'milliseconds') {
        throw new LimitError(`a limit in ${suffix} needs a metric in seconds or milliseconds`);
      }
      const seconds = suffix === 'ms' ? number / 1000 : number;
      return unit === 'seconds' ? seconds : seconds * 1000;
    }
  }
}
