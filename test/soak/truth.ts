import type { MetricsProvider } from '../../src/model/measurement.ts';
import { DAY, type Duration, HOUR, type Instant, MINUTE } from '../../src/time.ts';
import { answerByLevel, providerOf, queriesIn } from '../support/answers.ts';
import type { Random } from './random.ts';
import { random } from './random.ts';

/** What an arm of a flag is like at a moment. `none`: nothing is reported; `nan`: NaN or infinite. */
export type State = 'good' | 'warn' | 'bad' | 'none' | 'nan';
export type Metric = 'errors' | 'slow' | 'failed';

/** A stretch of time in which something is not as usual. */
export interface Spell {
  readonly from: Instant;
  readonly to: Instant;
  readonly metrics: readonly Metric[];
  /** Names of variants. */
  readonly arms: readonly string[];
  readonly state: State;
}

/** What is really the case, which the providers report and the model knows. */
export interface Truth {
  stateOf(key: string, metric: Metric, arm: string, at: Instant): State;
  /** Whether a provider answers nothing at all. */
  isDark(metric: Metric, at: Instant): boolean;
  /** Samples a minute of each arm. */
  traffic(key: string): number;
  /** What changes for a flag from one moment to another, for its history. */
  news(key: string, from: Instant, to: Instant): readonly { at: Instant; text: string }[];
}

/** Levels so far apart that nobody argues about them: the limits lie between. */
export const LEVELS: Readonly<Record<Metric, Readonly<Record<'good' | 'warn' | 'bad', number>>>> = {
  errors: { good: 0.002, warn: 0.002, bad: 0.05 },
  slow: { good: 100, warn: 137, bad: 300 },
  failed: { good: 0.001, warn: 0.001, bad: 0.1 },
};

export const PROVIDER_OF: Readonly<Record<Metric, string>> = {
  errors: 'prod',
  failed: 'prod',
  slow: 'other',
};

const METRICS: readonly Metric[] = ['errors', 'slow', 'failed'];
const ARMS = ['on', 'off', 'simple'];
const WORST_FIRST: readonly State[] = ['none', 'nan', 'bad', 'warn'];

/** Draws what happens to the flags and their monitoring. `storm` is how often: 1 is now and then. */
export function drawTruth(
  seed: string,
  keys: readonly string[],
  span: { readonly from: Instant; readonly to: Instant },
  storm: number,
): Truth {
  const shared = spells(random(seed, 'everybody'), span, (4 * DAY) / storm);
  const own = new Map(
    keys.map((key) => [key, [...shared, ...spells(random(seed, key), span, (12 * HOUR) / storm)]]),
  );
  const outages = new Map(
    ['prod', 'other'].map((name) => {
      const draw = random(seed, 'dark', name);
      const moments = arrivals(draw, span, (1.5 * DAY) / storm);
      return [name, moments.map((from) => [from, from + length(draw)] as const)];
    }),
  );
  const rare = new Set(keys.filter((key) => random(seed, 'traffic', key).chance(0.1)));

  function stateOf(key: string, metric: Metric, arm: string, at: Instant): State {
    const now = (own.get(key) ?? []).filter(
      (spell) =>
        spell.from <= at &&
        at < spell.to &&
        spell.metrics.includes(metric) &&
        spell.arms.includes(arm),
    );
    return WORST_FIRST.find((state) => now.some((spell) => spell.state === state)) ?? 'good';
  }

  const dark = (name: string, at: Instant): boolean =>
    (outages.get(name) ?? []).some(([from, to]) => from <= at && at < to);

  return {
    stateOf,
    isDark: (metric, at) => dark(PROVIDER_OF[metric], at),
    traffic: (key) => (rare.has(key) ? 1 : 200),
    news(key, from, to) {
      const between = (at: Instant): boolean => from < at && at <= to;
      const items: { at: Instant; text: string }[] = [];
      for (const spell of own.get(key) ?? []) {
        const what = `${spell.metrics.join('+')} of ${spell.arms.join('+')}`;
        if (between(spell.from)) items.push({ at: spell.from, text: `${what}: ${spell.state}` });
        if (between(spell.to))
          items.push({ at: spell.to, text: `${what}: no longer ${spell.state}` });
      }
      for (const [name, times] of outages) {
        for (const [start, end] of times) {
          if (between(start)) items.push({ at: start, text: `${name} is down` });
          if (between(end)) items.push({ at: end, text: `${name} is up again` });
        }
      }
      return items.sort((a, b) => a.at - b.at);
    },
  };
}

function spells(draw: Random, span: { from: Instant; to: Instant }, every: Duration): Spell[] {
  return arrivals(draw, span, every).map((from) => ({
    from,
    to: from + length(draw),
    metrics: draw.chance(0.15) ? METRICS : [draw.pick(METRICS)],
    arms: draw.pick([['on'], ['on'], ['on'], ['on', 'simple'], ['on', 'off'], ['off'], ARMS]),
    state: draw.weighted<State>({ bad: 6, warn: 1, none: 1, nan: 1, good: 0 }),
  }));
}

/** Moments at which something begins, as far apart as it comes. */
function arrivals(
  draw: Random,
  { from, to }: { from: Instant; to: Instant },
  every: Duration,
): Instant[] {
  const moments: Instant[] = [];
  for (let at = from; at < to; ) {
    at += Math.ceil(-Math.log(1 - draw.float()) * every);
    if (at < to) moments.push(at);
  }
  return moments;
}

/** From what is over before anybody looks to what lasts for hours. */
const length = (draw: Random): Duration =>
  draw.pick([3 * MINUTE, 8 * MINUTE, 25 * MINUTE, 25 * MINUTE, HOUR, 3 * HOUR]) +
  draw.between(0, 59_999);

/** A provider that reports the truth: `<metric> <flag>@<environment> <variant> [<window>]`. */
export const truthful = (name: string, truth: Truth): MetricsProvider =>
  providerOf(name, (question) => {
    const [query = ''] = queriesIn(question);
    const [word = '', key = '', arm = '', window = ''] = query.split(' ');
    const metric = (word === 'total' ? 'failed' : word) as Metric;
    if (truth.isDark(metric, question.kind === 'value' ? question.at : question.to)) {
      return { kind: 'unavailable', reason: 'unreachable', detail: `${name} is down` };
    }
    return answerByLevel(question, (at) => {
      const state = truth.stateOf(key, metric, arm, at);
      if (state === 'none') return undefined;
      if (state === 'nan') return at % 2 === 0 ? Number.NaN : Number.POSITIVE_INFINITY;
      return word === 'total' ? truth.traffic(key) * minutesOf(window) : LEVELS[metric][state];
    });
  });

function minutesOf(window: string): number {
  const [, number = '0', unit = 'm'] = /^(\d+)([smhd])$/.exec(window) ?? [];
  return Number(number) * { s: 1 / 60, m: 1, h: 60, d: 1440 }[unit as 's' | 'm' | 'h' | 'd'];
}
