import { firstBreach } from '../../bench/judgement/figures.ts';
import { type Maker, peekedZ, sluice, threshold } from '../../bench/judgement/judges.ts';
import { randomFrom } from '../../bench/judgement/random.ts';
import {
  SCENARIOS,
  type Scenario,
  SMALL,
  serviceOf,
  TICKS_AN_HOUR,
} from '../../bench/judgement/scenarios.ts';
import { type Drawn, type Panel, type Point, type Style, svg } from './chart.ts';
import { ALPHA, CHECKS, PEEKED, SLUICE, THRESHOLD } from './styles.ts';

const ROLLOUTS = 1_000;
const HOURS = 48;

/** How many healthy rollouts have been rolled back by some hour. */
export function falseRollbacksPlot(): string {
  const large = SCENARIOS.find(({ requestsPerMinute }) => requestsPerMinute === 20_000) ?? SMALL;
  return svg({
    title: `Healthy rollouts that are rolled back: ${CHECKS} checks each, 5 % of requests to the canary`,
    legend: [THRESHOLD, PEEKED, SLUICE],
    panels: [
      panel('200 requests a minute, 0.5 % fail', SMALL),
      panel('20,000 requests a minute, 0.1 % fail', large),
    ],
  });
}

function panel(title: string, of: Scenario): Panel {
  const line = (style: Style, maker: Maker, below: number): Drawn => {
    const points = rolledBack(of, maker);
    return { style, points, end: [`${points.at(-1)?.[1].toFixed(1)} %`, below] };
  };
  return {
    title,
    x: {
      name: 'hours since the stage began',
      scale: 'linear',
      from: 0,
      to: HOURS,
      ticks: [0, 12, 24, 36, 48].map((hour) => [hour, String(hour)]),
    },
    y: {
      name: 'rolled back so far, % of rollouts',
      scale: 'linear',
      from: 0,
      to: 110,
      ticks: [0, 20, 40, 60, 80, 100].map((share) => [share, String(share)]),
    },
    drawn: [
      line(THRESHOLD, threshold, -6),
      line(PEEKED, peekedZ, 18),
      line(SLUICE, sluice(of, ALPHA), -8),
    ],
  };
}

/** Steps up at each tick that rolls somebody back. */
function rolledBack(of: Scenario, maker: Maker): readonly Point[] {
  const service = serviceOf(of, 1);
  const random = randomFrom(`${of.name} plot`);
  const most = HOURS * TICKS_AN_HOUR;
  const count = new Array<number>(most + 1).fill(0);
  for (let rollout = 0; rollout < ROLLOUTS; rollout += 1) {
    let first = most + 1;
    for (let check = 0; check < CHECKS; check += 1) {
      first = firstBreach(service, maker, random, first - 1) ?? first;
    }
    if (first <= most) count[first] = (count[first] ?? 0) + 1;
  }
  let sum = 0;
  return count.map((more, tick) => {
    sum += more;
    return [tick / TICKS_AN_HOUR, (100 * sum) / ROLLOUTS];
  });
}
