import { HOUR, type Instant, MINUTE } from '../../src/time.ts';
import type { Incident, Level, Share } from './recording.ts';

const at = (text: string): Instant => Date.parse(`2026-12-${text}:00Z`);

export const START = at('01T09:00');
export const END = at('15T16:00');

/** The examples, and the healthy levels of their treatment and control. */
const FLAGS: readonly (readonly [flag: string, treatment: string, control: string])[] = [
  ['new-checkout', 'on', 'off'],
  ['button-colour', 'green', 'blue'],
  ['ranking-model', 'v2', 'v1'],
  ['ranking-model', 'popular', 'v1'],
  ['session-tokens', 'on', 'off'],
  ['payments-api', 'green', 'blue'],
  ['home-layout', 'on', 'off'],
];

const METRICS: readonly (readonly [name: string, level: number, noise: number])[] = [
  ['latency-p95', 0.24, 0.04],
  ['satisfaction', 4.2, 0.02],
];

const names = new Set(
  FLAGS.flatMap(([flag, treatment, control]) => [`${flag}/${treatment}`, `${flag}/${control}`]),
);

const CONTROLS = new Set(FLAGS.map(([flag, , control]) => `${flag}/${control}`));

export const LEVELS: readonly Level[] = [...names].flatMap((name) =>
  METRICS.map(([metric, level, noise]) => ({ series: `${name}/${metric}`, level, noise })),
);

/** What variants do better, or do at all: shares of their requests. */
const SPECIAL: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // The new layout sells more, which is what its experiment is to find out.
  'home-layout/on': { orders: 0.0446 },
  // The second model mostly says what the first does.
  'ranking-model/v2': { agreeing: 0.93 },
};

/** Whose users are split in half for most of the time. */
const HALVED = 'home-layout/';

/** Each variant answers requests, of which few fail and some end in an order. */
export const SHARES: readonly Share[] = [...names].map((name) => ({
  total: `${name}/requests`,
  perMinute: name.startsWith(HALVED) ? 550 : CONTROLS.has(name) ? 950 : 150,
  events: Object.entries({ errors: 0.002, orders: 0.041, ...SPECIAL[name] }).map(
    ([what, share]) => ({ series: `${name}/${what}`, share }),
  ),
}));

/** What goes wrong, and where it must show. */
export const INCIDENTS: readonly Incident[] = [
  // Five minutes of errors: not enough of them to prove anything.
  { series: 'new-checkout/on/errors', from: at('08T13:02'), to: at('08T13:07'), value: 0.03 },
  // Slower answers: past the warning, not past the limit.
  {
    series: 'payments-api/green/latency-p95',
    from: at('03T11:00'),
    to: at('03T13:00'),
    value: 0.32,
  },
  // A database that both stacks share has errors: the flag is not the cause.
  {
    series: 'payments-api/green/errors',
    from: at('09T14:00'),
    to: at('09T15:00'),
    value: 0.031,
  },
  {
    series: 'payments-api/blue/errors',
    from: at('09T14:00'),
    to: at('09T15:00'),
    value: 0.032,
  },
  // The model gets slow for those who see it.
  { series: 'ranking-model/v2/latency-p95', from: at('09T10:20'), to: at('09T12:00'), value: 0.61 },
  // The regression that only a quarter of the users bring out.
  { series: 'new-checkout/on/errors', from: at('10T13:30'), to: at('10T13:57'), value: 0.041 },
];

/** What people say, and when. */
export interface Said {
  readonly at: Instant;
  readonly user: string;
  readonly text: string;
}

export const COMMANDS: readonly Said[] = [
  { at: at('01T10:05'), user: 'ada', text: '/rollout approve session-tokens read the design' },
  {
    at: at('03T14:10'),
    user: 'grace',
    text: '/rollout resume payments-api a cold cache, warm now',
  },
  { at: at('08T10:10'), user: 'grace', text: '/rollout approve payments-api' },
  { at: at('09T15:10'), user: 'grace', text: '/rollout resume payments-api the database is back' },
  { at: at('14T09:30'), user: 'ada', text: '/rollout resume new-checkout the fix is deployed' },
  { at: at('14T11:15'), user: 'grace', text: '/rollout kill home-layout the agency asked for it' },
];

/** When ticks come: hourly by day, twice at night, every five minutes while something is wrong. */
export function ticks(): readonly Instant[] {
  const times = new Set<Instant>();
  for (let time = START; time <= END; time += HOUR) {
    const hour = new Date(time).getUTCHours();
    if ((hour >= 9 && hour <= 16) || hour === 0 || hour === 20) times.add(time);
  }
  for (const incident of INCIDENTS) {
    for (let time = incident.from; time < incident.from + 50 * MINUTE; time += 5 * MINUTE) {
      times.add(time);
    }
  }
  return [...times].sort((a, b) => a - b);
}
