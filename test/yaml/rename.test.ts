import { describe, expect, it } from 'vitest';
import type { Path } from '../../src/model/json.ts';
import { YamlError } from '../../src/yaml/error.ts';
import { renameKey } from '../../src/yaml/rename.ts';

const rename = (text: string, path: Path, name = 'new'): string => renameKey(text, { path, name });

describe('renaming a key', () => {
  it.each([
    ['keeps its place and its comments', '# a\nx: 1   # b\nold: 2 # c\ny: 3\n', ['old']],
    ['keeps a value of lines', 'old:\n  - 1\n  # c\n  - {old: 2}\n', ['old']],
    ['reaches into braces', 'a: {b: off, old: off,c: off}\n', ['a', 'old']],
    ['reaches into an item of a list', 'a:\n  - b: 1\n  - old: 2\n    b: 3\n', ['a', 1, 'old']],
    ['keeps quotes', "'old' : 1\n", ['old']],
    ['keeps double quotes', '{"old":1}\n', ['old']],
    ['keeps the anchor of its value', 'old: &x 1\nb: *x\n', ['old']],
    ['keeps line breaks of two characters', 'a: 1\r\nold: 2\r\n', ['old']],
    ['knows a key in question marks', '? old\n: 1\n', ['old']],
  ])('%s', (_, text, path) => {
    expect(rename(text, path)).toBe(text.replace('old', 'new'));
  });

  it.each([
    ['a key that is not there', 'a: 1\n', ['old']],
    ['a key below one that is not there', 'a: 1\n', ['b', 'old']],
    ['an item', 'a: [1]\n', ['a', 0]],
  ])('leaves %s', (_, text, path) => {
    expect(rename(text, path)).toBe(text);
  });

  it('quotes a name that a reader would take for something else', () => {
    expect(rename('old: 1\n', ['old'], 'off')).toBe("'off': 1\n");
  });

  it.each([
    ['the name is taken', 'old: 1\nnew: 2\n', ['old'], 'that is there too'],
    ['it is behind an alias', 'a: &x {old: 1}\nb: *x\n', ['b', 'old'], 'behind an alias'],
    ['it is used twice', 'a: &x {old: 1}\nb: *x\n', ['a', 'old'], 'would change with it'],
    ['the key itself is an alias', 'a: &x old\n*x : 1\n', ['old'], 'behind an alias'],
  ])('is refused where %s', (_, text, path, why) => {
    expect(() => rename(text, path)).toThrow(YamlError);
    expect(() => rename(text, path)).toThrow(why);
  });
});
