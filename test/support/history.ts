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

/** Error ratios of flags whose errors come and go on Monday forenoon. */
const BURSTS: Readonly<Record<string, Shape>> = {
  'ten-minutes': burst(0.001, 0.05, june(1, '10:00'), june(1, '10:10')),
  'five-minutes': burst(0.001, 0.05, june(1, '10:00'), june(1, '10:05')),
  'all-day': burst(0.001, 0.05, june(1, '10:00'), june(1, '13:00')),
  healthy: constantly(0.001),
  // Both arms alike.
  shared: constantly(0.05),
  // The fallback is no better.
  degrading: burst(0.001, 0.05, june(1, '10:00'), june(1, '13:00')),
};

/** Everything the scenarios against Prometheus measure, in one set of series. */
export const HISTORY: readonly BackfilledSeries[] = [
  // climber: two weeks of traffic. No error of the treatment was ever counted.
  counter('http_requests_total', { flag: 'climber', variant: 'on', code: '200' }, CLIMB, 100),
  counter('http_requests_total', { flag: 'climber', variant: 'off', code: '200' }, CLIMB, 100),
  counter('http_requests_total', { flag: 'climber', variant: 'off', code: '500' }, CLIMB, 0.2),
  // rare: one request of the treatment in two minutes.
  counter('http_requests_total', { flag: 'rare', variant: 'on', code: '200' }, CLIMB, 0.5),
  counter('http_requests_total', { flag: 'rare', variant: 'off', code: '200' }, CLIMB, 10),
  // Everyone is exposed from Monday the 8th, 09:00: from then on there is no control.
  gauge('latency_seconds', { flag: 'climber', variant: 'on' }, CLIMB, constantly(0.21)),
  gauge(
    'latency_seconds',
    { flag: 'climber', variant: 'off' },
    [CLIMB[0], june(8, '09:05')],
    constantly(0.2),
  ),
  ...Object.entries(BURSTS).map(([flag, shape]) =>
    gauge('error_ratio', { flag, variant: 'on' }, FORENOON, shape),
  ),
  gauge('error_ratio', { flag: 'shared', variant: 'off' }, FORENOON, constantly(0.05)),
  gauge('error_ratio', { flag: 'all-day', variant: 'off' }, FORENOON, constantly(0.001)),
  gauge('error_ratio', { flag: 'alone' , variant: 'on' }, FORENOON, constantly(0.05)),
  gauge('error_ratio', { flag: 'degrading', variant: 'cached' }, FORENOON, BURSTS.degrading ?? constantly(0)),
  // slow: 30 % slower than control, which is 0.2 s now, was 0.25 s a day ago and 0.4 s before the start.
  ...['slow', 'pinned'].map((flag) =>
    gauge('latency_seconds', { flag, variant: 'on' }, FORENOON, constantly(0.26)),
  ),
  gauge('latency_seconds', { flag: 'slow', variant: 'off' }, FORENOON, constantly(0.2)),
  gauge(
    'latency_seconds',
    { flag: 'slow', variant: 'off', day: 'before' },
    [],
    constantly(0.25),
  ),
].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
