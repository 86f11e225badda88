import { expect, it } from 'vitest';
import { joinedLines, withoutEnd } from '../src/text.ts';

it.each([
  ['', '=', ''],
  ['==', '=', ''],
  ['a=b==', '=', 'a=b'],
  ['token\r\n\n', '\r\n', 'token'],
  ['token', '\r\n', 'token'],
])('%j without %j at its end is %j', (text, characters, expected) => {
  expect(withoutEnd(text, characters)).toBe(expected);
});

it.each([
  ['', ''],
  [' one \n\n \t two\r\n', 'one; two'],
  ['one  two', 'one  two'],
])('the lines of %j are %j', (text, expected) => {
  expect(joinedLines(text)).toBe(expected);
});
