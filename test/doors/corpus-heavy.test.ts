import { afterAll, describe, it } from 'vitest';
import { HEAVY_INPUTS } from '../corpus/heavy.ts';
import { survivesAtAction, survivesAtTerminal } from '../support/beside.ts';
import { closeDesks } from '../support/desk.ts';
import { ALL, sampled } from '../support/sampled.ts';
import { closeShops } from '../support/shop.ts';

afterAll(async () => {
  await closeDesks();
  await closeShops();
});

/** Files of megabytes take minutes in all: a commit tries comments, and `npm run test:all` everything. */
const QUICK = HEAVY_INPUTS.filter(({ comment }) => ALL || comment !== undefined);

const rows = (door: string) =>
  sampled(`heavy ${door}`, QUICK, 1 / 6).map((hostile) => [hostile.name, hostile] as const);

describe('within two seconds each, beside', () => {
  it.each(rows('terminal'))('%s: the terminal reviews, ticks and kills', (_, hostile) =>
    survivesAtTerminal(hostile),
  );
  it.each(rows('Action'))('%s: the Action reviews, ticks and kills', (_, hostile) =>
    survivesAtAction(hostile),
  );
});
