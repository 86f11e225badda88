import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from '../src/json.ts';
import { withinLimit } from './support/cpu.ts';

it('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

it.each(['', '{', '[1,]', "'a'", 'NaN', '"a'])('answers undefined to %j', (text) => {
  expect(parseJson(text)).toBeUndefined();
});

it('counts only brackets that are no text', () => {
  const text = JSON.stringify(['['.repeat(100), '\\"{'.repeat(100), '\\']);
  expect(parseJson(text)).toEqual(JSON.parse(text));
  expect(parseJson('['.repeat(64) + ']'.repeat(64))).toBeDefined();
  expect(parseJson('['.repeat(65) + ']'.repeat(65))).toBeUndefined();
  expect(parseJson('{"a":'.repeat(65) + 1 + '}'.repeat(65))).toBeUndefined();
});

it.each([
  ['opening brackets', '['.repeat(5_000_000)],
  ['brackets in one another', '['.repeat(2_500_000) + ']'.repeat(2_500_000)],
  ['objects in one another', '{"":'.repeat(1_250_000)],
  ['backslashes', `"${'\\'.repeat(5_000_000)}`],
  ['quotes', '"'.repeat(5_000_000)],
  ['line breaks', '\n'.repeat(5_000_000)],
])('gives up on five megabytes of %s within the limit', (what, text) => {
  expect(withinLimit(what, () => parseJson(text))).toBeUndefined();
});
