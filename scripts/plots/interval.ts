import { BEFORE, sluice } from '../../bench/judgement/judges.ts';
import { randomFrom } from '../../bench/judgement/random.ts';
import {
  SCENARIOS,
  type Scenario,
  SMALL,
  serviceOf,
  TICKS_AN_HOUR,
} from '../../bench/judgement/scenarios.ts';
import { read } from '../../src/judge/sequential/sequential.ts';
import { type Axis, type Panel, type Point, type Rule, type Style, svg } from './chart.ts';
import { ALPHA, SLUICE } from './styles.ts';

const INTERVAL: Style = {
  name: 'where the ratio is, 95 % sure at all moments at once',
  colour: SLUICE.colour,
  area: true,
};
const SEEN: Style = { name: 'failures so far, canary to control', colour: SLUICE.colour };
const LIMIT = 1.05;
const HOURS = 48;
const [LEAST, MOST] = [0.25, 8];

/** What one canary's verdict says as its stage goes on. */
export function intervalPlot(): string {
  const of = SCENARIOS.find(({ requestsPerMinute }) => requestsPerMinute === 2_000) ?? SMALL;
  return svg({
    title: 'One canary: 2,000 requests a minute, 5 % of them to the canary, 0.5 % fail in control',
    legend: [INTERVAL, SEEN],
    panels: [panel('healthy', of, 1), panel('fails twice as often', of, 2)],
  });
}

const X: Axis = {
  name: 'hours since the stage began (log)',
  scale: 'log',
  from: 1 / TICKS_AN_HOUR,
  to: HOURS,
  ticks: [
    [1 / 12, '5 min'],
    [1 / 4, '15 min'],
    [1, '1'],
    [4, '4'],
    [12, '12'],
    [48, '48'],
  ],
};
const Y: Axis = {
  name: 'rate of failures, times control (log)',
  scale: 'log',
  from: LEAST,
  to: MOST,
  ticks: [0.25, 0.5, 1, 2, 4, 8].map((ratio) => [ratio, String(ratio)]),
};

function panel(title: string, of: Scenario, lift: number): Panel {
  const service = serviceOf(of, lift);
  const random = randomFrom(`one canary, ${lift}`);
  const { test, judge, learn } = sluice(of, ALPHA).make();
  for (let tick = 0; tick < BEFORE; tick += 1) learn(service.next(random, false));
  const [low, high, seen]: Point[][] = [[], [], []];
  let caught: number | undefined;
  for (let tick = 1; tick <= HOURS * TICKS_AN_HOUR; tick += 1) {
    const hours = tick / TICKS_AN_HOUR;
    if (judge(service.next(random, true))) caught ??= hours;
    const { interval, entry } = read(test);
    low?.push([hours, interval?.low ?? LEAST]);
    high?.push([hours, interval?.high ?? MOST]);
    if (entry.ratio !== undefined && entry.ratio > 0) seen?.push([hours, entry.ratio]);
  }
  const rules: Rule[] = [
    { along: 'x', at: LIMIT, text: 'the limit: 1.05', textAt: lift > 1 ? 8 : 0.11 },
  ];
  if (caught !== undefined) {
    const text = `rolled back after ${Math.round(caught * 60)} min`;
    rules.push({ along: 'y', at: caught, text, textAt: 6.2 });
  }
  return {
    title,
    x: X,
    y: Y,
    drawn: [
      { style: INTERVAL, points: [...(low ?? []), ...(high ?? []).toReversed()] },
      { style: SEEN, points: seen ?? [] },
    ],
    rules,
  };
}
