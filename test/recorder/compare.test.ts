import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import {
  compareRecordings,
  firstDifference,
  type Named,
  report,
} from '../support/recorder/compare.ts';

const named = (test: string, ...scenes: readonly Json[]): Named => ({
  file: 'test/doors/a.test.ts',
  test,
  scenes,
});

describe('the first difference', () => {
  it.each([
    [{ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }, undefined],
    [
      { a: 1, b: [1, 2] },
      { a: 1, b: [1, 3] },
      { path: '.b[1]', before: 2, after: 3 },
    ],
    [{ a: [] }, { a: ['x'] }, { path: '.a[0]', before: undefined, after: 'x' }],
    [{ 'a/b': 1 }, {}, { path: '["a/b"]', before: 1, after: undefined }],
    [{ a: null }, { a: {} }, { path: '.a', before: null, after: {} }],
  ])('of %j and %j', (before, after, expected) => {
    expect(firstDifference(before, after)).toEqual(expected);
  });
});

it('looks past a difference that is accepted', () => {
  const before = { result: { text: 'a', code: 0 } };
  const after = { result: { text: 'b', code: 1 } };
  expect(firstDifference(before, after, ['result.text'])?.path).toBe('.result.code');
  expect(firstDifference(before, after, ['text', 'code'])).toBeUndefined();
});

it('takes the scenes of a test in any order', () => {
  const before = [named('two at once', [{ code: 0 }], [{ code: 1 }])];
  const after = [named('two at once', [{ code: 1 }], [{ code: 0 }])];
  expect(compareRecordings(before, after).differing).toEqual([]);
});

it('reports the tests that differ, and how many there are of each kind', () => {
  const before = [named('same', [1]), named('other', [{ code: 0 }], [2]), named('gone')];
  const after = [named('same', [1]), named('other', [2], [{ code: 1 }]), named('new')];
  expect(report(compareRecordings(before, after))).toBe(
    [
      'test/doors/a.test.ts > other',
      '  scenes[0][0].code',
      '    before: 0',
      '    after:  1',
      '2 tests compared: 1 equal, 1 differing, 1 only before, 1 only after',
    ].join('\n'),
  );
});
