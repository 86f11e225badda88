import { shareOf } from '../../src/judge/sequential/alpha.ts';
import type { Style } from './chart.ts';

/** The same colours in every plot, told apart by those who see few of them, and by dashes. */
export const SLUICE: Style = { name: 'Sluice', colour: '#0059a8' };
export const THRESHOLD: Style = {
  name: 'more than 2 × control in the last five minutes',
  colour: '#c44601',
  dashes: '2 4',
};
export const PEEKED: Style = {
  name: 'z-test at 5 %, looked at each tick',
  colour: '#8a4fa3',
  dashes: '8 5',
};
export const WALD: Style = {
  name: 'Wald’s test that knows the answer',
  colour: '#4a4a4a',
  dashes: '3 3',
};

/** What one of five checks may spend in a rollout's only stage, as in `npm run bench -- judgement`. */
export const CHECKS = 5;
export const ALPHA: number = shareOf(0.05, { tests: CHECKS, stage: 1, stages: 1, entry: 1 });
