import { afterAll, describe, it } from 'vitest';
import { HEAVY_INPUTS } from '../corpus/heavy.ts';
import { survivesAtAction, survivesAtTerminal } from '../support/beside.ts';
import { closeDesks } from '../support/desk.ts';
import { closeShops } from '../support/shop.ts';

afterAll(async () => {
  await closeDesks();
  await closeShops();
});

const rows = HEAVY_INPUTS.map((hostile) => [hostile.name, hostile] as const);

describe('within two seconds each, beside', () => {
  it.each(rows)('%s: the terminal reviews, ticks and kills', (_, hostile) =>
    survivesAtTerminal(hostile),
  );
  it.each(rows)('%s: the Action reviews, ticks and kills', (_, hostile) =>
    survivesAtAction(hostile),
  );
});
