import { describe, expect, it } from 'vitest';
import { lineChanges } from '../../src/commands/line-changes.ts';

const lines = (text: string): string => text.split('').join('\n');

describe('what differs between two texts', () => {
  it.each([
    ['nothing', 'abc', 'abc', []],
    ['a line', 'abc', 'axc', [{ line: 2, removed: ['b'], added: ['x'] }]],
    ['a line less', 'abc', 'ac', [{ line: 2, removed: ['b'], added: [] }]],
    ['a line more, at the end', 'ab', 'abc', [{ line: 3, removed: [], added: ['c'] }]],
    [
      'two places',
      'abcdef',
      'xbcdyf',
      [
        { line: 1, removed: ['a'], added: ['x'] },
        { line: 5, removed: ['e'], added: ['y'] },
      ],
    ],
    ['all of it', 'ab', 'xyz', [{ line: 1, removed: ['a', 'b'], added: ['x', 'y', 'z'] }]],
  ])('is %s', (_, before, after, changes) => {
    expect(lineChanges(lines(before), lines(after))).toEqual(changes);
  });

  it('takes the rest for changed where nothing near is the same', () => {
    const [before, after] = ['a\n', 'b\n'].map((line) => line.repeat(1_000));
    expect(lineChanges(`x\n${before}y`, `x\n${after}y`)).toMatchObject([{ line: 2 }]);
  });
});
