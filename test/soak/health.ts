import { type Instant, MINUTE } from '../../src/time.ts';
import type { Check, Flag } from './read.ts';
import { LEVELS, type Truth } from './truth.ts';

/** `lacking`: too little to say. `unjudged`: said of nobody in this stage. `dark`: no answer. */
export type Health = 'good' | 'warn' | 'bad' | 'lacking' | 'dark' | 'unjudged';

/** Samples that a share of users must have given before `failed` says anything. */
const ENOUGH = 1000;

export const SETTLE = 5 * MINUTE;
/** Evidence needs its settling time and the shortest window that is worth asking for. */
export const YOUNGEST = SETTLE + MINUTE;

/** How a check stands at a moment, by the truth and the file. */
export function healthOf(key: string, flag: Flag, check: Check, at: Instant, truth: Truth): Health {
  // Of an entry that young nobody is asked: what there is to see is of the stage before.
  if (at - (flag.since ?? 0) < YOUNGEST + check.lasts) return 'lacking';
  return truth.isDark(check.metric, at) ? 'dark' : levelOf(key, flag, check, at, truth);
}

function levelOf(key: string, flag: Flag, check: Check, at: Instant, truth: Truth): Health {
  const { metric } = check;
  const stage = flag.stages[flag.index];
  const state = truth.stateOf(key, metric, flag.arm, at);
  if (state === 'none' || state === 'nan') return 'lacking';
  switch (metric) {
    case 'errors':
      return state === 'bad' ? 'bad' : 'good';
    case 'failed': {
      const minutes = (at - (flag.since ?? 0) - SETTLE) / MINUTE;
      const few = (Math.floor(minutes * 60) / 60) * truth.traffic(key) < ENOUGH;
      // Of too few nobody can say anything, neither good nor bad.
      if (few && stage?.kind !== 'list') return 'lacking';
      return state === 'bad' ? 'bad' : 'good';
    }
    case 'slow': {
      if (stage?.kind === 'list') return 'unjudged';
      const base = baseOf(key, flag, at, truth);
      if (base === undefined) return 'lacking';
      const value = LEVELS.slow[state];
      return value > base * 1.5 ? 'bad' : value > base * 1.25 ? 'warn' : 'good';
    }
  }
}

/** What `slow` is relative to: control while there is one, else what was pinned. */
function baseOf(key: string, flag: Flag, at: Instant, truth: Truth): number | undefined {
  if (flag.stages[flag.index]?.kind !== 'share') return flag.pinned.slow;
  const control = truth.stateOf(key, 'slow', flag.control, at);
  return control === 'none' || control === 'nan' ? undefined : LEVELS.slow[control];
}

/** Whether a check has been bad for as long as a breach must last, on every minute of it. */
export function hasLasted(
  key: string,
  flag: Flag,
  check: Check,
  at: Instant,
  truth: Truth,
): boolean {
  for (let back = 0; back <= check.lasts; back += MINUTE) {
    const state = truth.stateOf(key, check.metric, flag.arm, at - back);
    if (state === 'none' || state === 'nan') return false;
    // How many samples there are counts at the end alone.
    const over =
      check.metric === 'failed' && back > 0 ? state : levelOf(key, flag, check, at - back, truth);
    if (over !== 'bad') return false;
  }
  return !truth.isDark(check.metric, at);
}

/** What keeps a flag from being seen before it starts: a provider that is down, or a silent control. */
export function unseenAt(
  key: string,
  flag: Flag,
  at: Instant,
  truth: Truth,
): 'dark' | 'silent' | undefined {
  const needed = flag.checks.filter(({ required }) => required).map(({ metric }) => metric);
  if (needed.some((metric) => truth.isDark(metric, at))) return 'dark';
  const states = needed.map((metric) => truth.stateOf(key, metric, flag.control, at));
  return states.some((state) => state === 'none' || state === 'nan') ? 'silent' : undefined;
}

/** Whether control was well all the while, so that nobody takes its trouble for the flag's. */
export function isControlGood(
  key: string,
  metric: Check['metric'],
  at: Instant,
  truth: Truth,
): boolean {
  for (let back = 0; back <= 10 * MINUTE; back += MINUTE) {
    if (truth.stateOf(key, metric, 'off', at - back) !== 'good') return false;
  }
  return true;
}
