import { BEFORE, sluice } from '../../bench/judgement/judges.ts';
import { randomFrom } from '../../bench/judgement/random.ts';
import {
  SCENARIOS,
  SMALL,
  serviceOf,
  TICK,
  TICKS_AN_HOUR,
} from '../../bench/judgement/scenarios.ts';
import { read } from '../../src/judge/sequential/sequential.ts';
import { type Point, type Style, svg } from './chart.ts';
import { ALPHA, SLUICE } from './styles.ts';

const ONCE: Style = {
  name: 'only the wager made when the stage began',
  colour: '#c44601',
  dashes: '8 5',
};
const ALWAYS: Style = {
  name: 'Sluice: wagers are also made all along',
  colour: SLUICE.colour,
};
const WELL = 48;
const HOURS = 72;
/** Longer than any stage: so thinly spread, later wagers are worth nothing. */
const NEVER = 1e300;
const MOST = 1e6;

/** What the wagers of one canary are worth, which turns ill after two days. */
export function evidencePlot(): string {
  const of = SCENARIOS.find(({ requestsPerMinute }) => requestsPerMinute === 2_000) ?? SMALL;
  const needed = 1 / ALPHA;
  const service = serviceOf(of, 2);
  const lineOf = (style: Style, planned: number) => {
    const random = randomFrom('two healthy days');
    const { test, judge, learn } = sluice(of, ALPHA, planned).make();
    for (let tick = 0; tick < BEFORE; tick += 1) learn(service.next(random, false));
    const points: Point[] = [];
    for (let tick = 0; tick < HOURS * TICKS_AN_HOUR; tick += 1) {
      judge(service.next(random, tick >= WELL * TICKS_AN_HOUR));
      points.push([(tick + 1) / TICKS_AN_HOUR, Math.exp(read(test).logE)]);
      if ((points.at(-1)?.[1] ?? 0) > MOST) break;
    }
    return { style, points };
  };
  return svg({
    title:
      'One canary whose failures double after two days: 2,000 requests a minute, 5 % to the canary',
    legend: [ALWAYS, ONCE],
    panels: [
      {
        title: 'what a stake of 1 against “it keeps to the limit” has become',
        x: {
          name: 'hours since the stage began',
          scale: 'linear',
          from: 0,
          to: HOURS,
          ticks: [0, 12, 24, 36, 48, 60, 72].map((hour) => [hour, String(hour)]),
        },
        y: {
          name: 'worth of the wagers (log)',
          scale: 'log',
          from: 0.01,
          to: MOST,
          ticks: [
            [0.01, '0.01'],
            [0.1, '0.1'],
            [1, '1'],
            [10, '10'],
            [100, '100'],
            [1e3, '1,000'],
            [1e4, '10,000'],
            [1e5, '100,000'],
            [1e6, '1,000,000'],
          ],
        },
        drawn: [lineOf(ONCE, NEVER), lineOf(ALWAYS, HOURS * TICKS_AN_HOUR * TICK)],
        rules: [
          {
            along: 'x',
            at: needed,
            text: `rolled back at ${Math.round(needed)}, which is 1/α`,
            textAt: 2,
          },
          { along: 'y', at: WELL, text: 'the regression begins', textAt: 0.02 },
        ],
      },
    ],
  });
}
