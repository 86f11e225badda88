import { MINUTE } from '../../src/time.ts';
import type { BackfilledSeries } from './prometheus.ts';
import { june } from './rollouts.ts';

/** A value for a moment, or nothing where the series has a gap. */
type Shape = (at: number) => number | undefined;

type Labels = Readonly<Record<string, string>>;

/** A gauge scraped once a minute from one moment to another. */
export function gauge(
  name: string,
  labels: Labels,
  [from, to]: readonly [string, string],
  shape: Shape,
): BackfilledSeries {
  const points: [number, number][] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += MINUTE) {
    const value = shape(at);
    if (value !== undefined) points.push([at, value]);
  }
  return { name, labels, points };
}

/** A counter scraped once a minute that grows by so much a minute. */
export function counter(
  name: string,
  labels: Labels,
  span: readonly [string, string],
  perMinute: number,
): BackfilledSeries {
  let total = 0;
  return gauge(name, labels, span, () => {
    total += perMinute;
    return total;
  });
}

/** Usually one value, and another from one moment to another, both included. */
export function burst(usual: number, other: number, from: string, to: string): Shape {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  return (at) => (at >= start && at <= end ? other : usual);
}

const constantly =
  (value: number): Shape =>
  () =>
    value;

const FORENOON = [june(1, '07:00'), june(1, '13:00')] as const;
const CLIMB = [june(1, '08:00'), june(9, '10:00')] as const;

/** Error ratios of treatments on a Monday forenoon, by flag. */
const ERRORS: Readonly<Record<string, Shape>> = {
  healthy: constantly(0.001),
  'ten-minutes': burst(0.001, 0.05, june(1, '10:00'), june(1, '10:10')),
  'five-minutes': burst(0.001, 0.05, june(1, '10:00'), june(1, '10:05')),
  'all-day': burst(0.001, 0.05, june(1, '10:00'), june(1, '13:00')),
  shared: constantly(0.05),
  alone: constantly(0.05),
};

/** Latency of the control of `slow`: 0.4 s before its start on Sunday, then 0.25 s, 0.2 s today. */
const control: Shape = (at) => {
  if (at < Date.parse('2026-05-31T09:00:00Z')) return 0.4;
  return at < Date.parse(june(1, '00:00')) ? 0.25 : 0.2;
};

/** Everything the scenarios against Prometheus measure, in one set of series. */
export const HISTORY: readonly BackfilledSeries[] = [
  // climber: ten days of traffic, in which no error of the treatment was ever counted, and few of control.
  counter('http_requests_total', { flag: 'climber', variant: 'on', code: '200' }, CLIMB, 100),
  counter('http_requests_total', { flag: 'climber', variant: 'off', code: '200' }, CLIMB, 100),
  counter('http_requests_total', { flag: 'climber', variant: 'off', code: '500' }, CLIMB, 0.01),
  // rare: one request of the treatment in two minutes.
  counter('http_requests_total', { flag: 'rare', variant: 'on', code: '200' }, CLIMB, 0.5),
  counter('http_requests_total', { flag: 'rare', variant: 'off', code: '200' }, CLIMB, 10),
  gauge('latency_seconds', { flag: 'climber', variant: 'on' }, CLIMB, constantly(0.21)),
  // Everyone is exposed from Monday the 8th, 09:00: from then on there is no control.
  gauge(
    'latency_seconds',
    { flag: 'climber', variant: 'off' },
    [CLIMB[0], june(8, '09:05')],
    constantly(0.2),
  ),
  // slow: 30 % over its control as it is now.
  gauge('latency_seconds', { flag: 'slow', variant: 'on' }, FORENOON, constantly(0.26)),
  gauge(
    'latency_seconds',
    { flag: 'slow', variant: 'off' },
    ['2026-05-30T08:00:00Z', june(1, '13:00')],
    control,
  ),
  ...Object.entries(ERRORS).map(([flag, shape]) =>
    gauge('error_ratio', { flag, variant: 'on' }, FORENOON, shape),
  ),
  gauge('error_ratio', { flag: 'all-day', variant: 'cached' }, FORENOON, constantly(0.03)),
  gauge('error_ratio', { flag: 'all-day', variant: 'off' }, FORENOON, constantly(0.001)),
  gauge('error_ratio', { flag: 'shared', variant: 'off' }, FORENOON, constantly(0.05)),
  gauge('odd', { flag: 'nan' }, FORENOON, constantly(Number.NaN)),
  gauge('odd', { flag: 'infinite' }, FORENOON, constantly(Number.POSITIVE_INFINITY)),
  ...['a', 'b'].map((pod) => gauge('odd', { flag: 'several', pod }, FORENOON, constantly(0))),
].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
