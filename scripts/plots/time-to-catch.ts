import { minutesToCatch } from '../../bench/judgement/figures.ts';
import { type Maker, peekedZ, sluice, sprt } from '../../bench/judgement/judges.ts';
import { SCENARIOS, type Scenario, SMALL } from '../../bench/judgement/scenarios.ts';
import { type Panel, type Style, svg } from './chart.ts';
import { ALPHA, PEEKED, SLUICE, WALD } from './styles.ts';

const ROLLOUTS = 1_000;
const LIFTS = [1.5, 2, 3, 5, 8, 12, 20];

/** How long a regression of some size lasts before it is caught. */
export function timeToCatchPlot(): string {
  const large = SCENARIOS.find(({ requestsPerMinute }) => requestsPerMinute === 20_000) ?? SMALL;
  return svg({
    title:
      'Time to catch a regression: the median, with a look every five minutes, 5 % to the canary',
    legend: [SLUICE, WALD, PEEKED],
    panels: [
      panel('200 requests a minute, 0.5 % fail', SMALL),
      panel('20,000 requests a minute, 0.1 % fail', large),
    ],
  });
}

function panel(title: string, of: Scenario): Panel {
  const line = (style: Style, maker: (lift: number) => Maker) => ({
    style,
    points: LIFTS.map(
      (lift) => [lift, minutesToCatch(of, maker(lift), lift, 0, ROLLOUTS)] as const,
    ),
  });
  return {
    title,
    x: {
      name: 'failures, times control (log)',
      scale: 'log',
      from: 1.4,
      to: 22,
      ticks: [1.5, 2, 3, 5, 8, 12, 20].map((lift) => [lift, `${lift} ×`]),
    },
    y: {
      name: 'time until rolled back (log)',
      scale: 'log',
      from: 4,
      to: 2 * 24 * 60,
      ticks: [
        [5, '5 min'],
        [15, '15 min'],
        [60, '1 h'],
        [240, '4 h'],
        [720, '12 h'],
        [2880, '2 d'],
      ],
    },
    drawn: [
      line(PEEKED, () => peekedZ),
      // The reference has one check's share of what five may spend, as in the bench.
      line(WALD, (lift) => sprt(of, lift, 0.01)),
      line(SLUICE, () => sluice(of, ALPHA)),
    ],
  };
}
