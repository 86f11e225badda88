import { withoutStrings } from './strings.ts';

/**
 * Functions whose value is worked out from a stretch of time, so it is not a counter any more: it
 * falls without a restart, and what it grew by is not what was counted. The longer names are of
 * MetricsQL, the dialect of VictoriaMetrics.
 */
const OVER_TIME: ReadonlySet<string> = new Set([
  'rate',
  'irate',
  'increase',
  'delta',
  'idelta',
  'deriv',
  'changes',
  'resets',
  'predict_linear',
  'holt_winters',
  'double_exponential_smoothing',
  'rate_prometheus',
  'increase_prometheus',
  'increase_pure',
  'delta_prometheus',
  'deriv_fast',
  'rollup',
  'rollup_rate',
  'rollup_increase',
  'rollup_delta',
  'rollup_deriv',
]);

/** Gives a counter as it was last seen, which is still a counter. */
export const LAST_SEEN = 'last_over_time';

/** Whether a function makes something else of a counter. */
export function isOverTime(name: string): boolean {
  return OVER_TIME.has(name) || (name.endsWith('_over_time') && name !== LAST_SEEN);
}

/** A word with an opening bracket after it. */
const CALL = /(?<!\w)[a-z_]\w*(?=\s*\()/gi;

/** A call in a query that makes something else of a counter, and the counter if it can be seen. */
export interface OverTimeCall {
  readonly name: string;
  readonly counter?: string;
}

/**
 * The first such call in a query of counters. Looks at words alone and needs no parser, because a
 * tick asks this of every query before it is sent.
 */
export function overTimeCall(query: string): OverTimeCall | undefined {
  const words = withoutStrings(query);
  for (const { 0: word, index } of words.matchAll(CALL)) {
    const name = word.toLowerCase();
    if (!isOverTime(name)) continue;
    const open = words.indexOf('(', index) + 1;
    const range = words.indexOf('[', open);
    const counter = query.slice(open, Math.max(open, range)).trim();
    return counter === '' ? { name } : { name, counter };
  }
  return undefined;
}
