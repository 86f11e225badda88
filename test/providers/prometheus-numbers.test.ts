import { expect, it } from 'vitest';
import { readNumber } from '../../src/providers/prometheus/answer.ts';
import { withinLimit } from '../support/cpu.ts';

// Prometheus writes every double without an exponent.
const LARGEST = `17976931348623157${'0'.repeat(292)}`;
const SMALLEST = `-0.${'0'.repeat(323)}5`;

it.each([
  ['0', 0],
  ['-1.5e3', -1500],
  ['.5', 0.5],
  ['1.', 1],
  ['+1E-2', 0.01],
  ['NaN', Number.NaN],
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  [LARGEST, Number.MAX_VALUE],
  [SMALLEST, -Number.MIN_VALUE],
  ['', undefined],
  ['.', undefined],
  ['1.2.3', undefined],
  ['1e', undefined],
  ['1 ', undefined],
  ['0x10', undefined],
  ['1_000', undefined],
  ['Infinity', undefined],
])('reads %s', (text, value) => {
  expect(readNumber(text)).toBe(value);
});

it.each([
  ['digits', '1'.repeat(400_000)],
  ['digits and a letter', `${'1'.repeat(400_000)}x`],
  ['digits after the point', `0.${'1'.repeat(400_000)}e`],
  ['digits of an exponent', `1e${'1'.repeat(400_000)}x`],
])('refuses 400,000 %s at once', (what, text) => {
  expect(withinLimit(what, () => readNumber(text))).toBeUndefined();
});
