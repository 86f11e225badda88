import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../bench/judgement/random.ts';
import { add, breached, start } from '../../../src/judge/sequential/sequential.ts';
import type { SampleSums } from '../../../src/judge/sequential/spec.ts';
import { HOUR, MINUTE } from '../../../src/time.ts';

// How rarely and how soon on counts is what `npm run bench -- judgement` measures at length.
describe('costs with a long tail', () => {
  const random = randomFrom('long tail');
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const sample = (count: number, lift: number): SampleSums => {
    let [sum, sumOfSquares] = [0, 0];
    for (let index = 0; index < count; index += 1) {
      const cost = Math.exp(1.5 * normal()) * lift;
      sum += cost;
      sumOfSquares += cost * cost;
    }
    return { count, sum, sumOfSquares };
  };

  it('one large order is no proof: at the limit it keeps still', () => {
    let stopped = 0;
    for (let run = 0; run < 80; run += 1) {
      const test = start({
        metric: 'mean',
        edge: { side: 'upper', against: 'ratio', ratio: 1.05 },
        alpha: 0.009,
        confidence: 0.95,
        from: 0,
        planned: 48 * HOUR,
      });
      for (let tick = 0; tick < 200 && !breached(test); tick += 1) {
        const from = tick * 5 * MINUTE;
        const arms = { treatment: sample(30, 1.05), control: sample(300, 1) };
        add(test, { from, to: from + 5 * MINUTE, ...arms });
      }
      if (breached(test)) stopped += 1;
    }
    // One in a hundred and ten is promised, of means that are as good as normal; these are not.
    expect(stopped).toBeLessThanOrEqual(2);
  });
});
