import { shareOf } from '../src/judge/sequential/alpha.ts';
import type { Bench } from './bench.ts';
import { falseRollbacks, minutesToCatch } from './judgement/figures.ts';
import { type Maker, peekedZ, sluice, sprt, threshold } from './judgement/judges.ts';
import { SCENARIOS, type Scenario, TICKS_AN_HOUR } from './judgement/scenarios.ts';

/** What a rollout may spend, and on how many checks. */
const ALPHA = 0.05;
const CHECKS = 5;
/** A tick, in minutes. */
const TICK = 60 / TICKS_AN_HOUR;
/** How much longer than a judge who knows the answer may be taken. */
const SLOWER = 1.8;

/**
 * How rarely Sluice's judgement cries wolf, and how soon it catches a regression: 2,000 rollouts a
 * figure, a tick each five minutes, `max_increase: 5%`, five checks that share α, the control's day
 * before the entry known.
 *
 * Against Wald's test a time may be a tick longer than its bound: that is as finely as a tick can tell.
 *
 * The reference for times is Wald's test that knows the base rate and the lift, at the α of one
 * check (α/5). `catch-2x-one-check` is both with all of α for one check; `catch-2x-against-whole`
 * holds five checks against Wald's test with all of α: what sharing α costs. The other rules stand
 * beside them so that a reader sees why.
 */
export async function judgement(): Promise<readonly Bench[]> {
  return SCENARIOS.flatMap((scenario) => figuresOf(scenario));
}

function figuresOf(of: Scenario): readonly Bench[] {
  const place = { tests: CHECKS, stage: 1, stages: 1, entry: 1 };
  const ours = sluice(of, shareOf(ALPHA, place));
  const catching = (maker: Maker, lift: number): number => minutesToCatch(of, maker, lift);
  const wald = (lift: number, alpha = ALPHA / CHECKS): number =>
    catching(sprt(of, lift, alpha), lift);

  const percent = (figure: string, value: number, target: number): Bench =>
    bench(of, figure, value, '%', 100 * ALPHA, target);
  const minutes = (figure: string, value: number, reference: number, most: number): Bench =>
    bench(of, figure, value, 'min', reference, most / reference);

  const figures = [
    percent('false-rollbacks', falseRollbacks(of, ours, CHECKS), 1),
    percent('false-rollbacks-threshold', falseRollbacks(of, threshold, CHECKS), ANY),
    percent('false-rollbacks-peeked-z', falseRollbacks(of, peekedZ, CHECKS), ANY),
  ];
  const twice = catching(ours, 2);
  const late = minutesToCatch(of, ours, 2, 24);
  if (of.dispersion > 1) {
    return [
      ...figures,
      percent('false-rollbacks-cold', falseRollbacks(of, withoutHistory(ours), CHECKS), 1),
      minutes('catch-2x', twice, wald(2), ANY),
      minutes('late-2x', late, twice, SLOWER * twice),
    ];
  }
  const [wald2, wald5, wald20] = [wald(2), wald(5), wald(20)];
  const whole = wald(2, ALPHA);
  const one = catching(sluice(of, shareOf(ALPHA, { ...place, tests: 1 })), 2);
  const six = catching(sluice(of, shareOf(ALPHA, { ...place, stages: 6 })), 2);
  return [
    ...figures,
    minutes('catch-2x', twice, wald2, SLOWER * wald2 + TICK),
    minutes('catch-5x', catching(ours, 5), wald5, SLOWER * wald5 + TICK),
    minutes('catch-20x', catching(ours, 20), wald20, wald20 + 2 * TICK),
    minutes('late-2x', late, twice, SLOWER * twice),
    minutes('catch-2x-one-check', one, whole, ANY),
    minutes('catch-2x-against-whole', twice, whole, ANY),
    minutes('catch-2x-first-of-six-stages', six, wald2, ANY),
    minutes('catch-2x-without-history', catching(withoutHistory(ours), 2), wald2, ANY),
    minutes('catch-2x-threshold', catching(threshold, 2), wald2, ANY),
    minutes('catch-2x-peeked-z', catching(peekedZ, 2), wald2, ANY),
  ];
}

/** Reported beside the others, held to nothing. */
const ANY = Number.POSITIVE_INFINITY;

/** The same judge, told nothing of the control before the entry. */
const withoutHistory = ({ make }: Maker): Maker => ({ make: () => ({ judge: make().judge }) });

function bench(
  of: Scenario,
  figure: string,
  value: number,
  unit: string,
  reference: number,
  target: number,
): Bench {
  const name = `judgement/${of.name}/${figure}`;
  return { name, value, unit, reference, ratio: value / reference, target };
}
