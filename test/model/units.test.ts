import fc from 'fast-check';
import { expect, it } from 'vitest';
import { grouped } from '../../src/model/units.ts';

it.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [-1_234_567, '-1,234,567'],
  [100_000_000_000_000_000_000, '100,000,000,000,000,000,000'],
  [1e21, '1e+21'],
])('%s is written %s', (value, text) => {
  expect(grouped(value)).toBe(text);
});

it('groups as Intl does in English', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(grouped(value)).toBe(value.toLocaleString('en-US'));
    }),
  );
});
