import fc from 'fast-check';
import { expect, it } from 'vitest';
import { looksKilled, topLevelWord } from '../../src/yaml/kill.ts';

const PIECES = [
  'kill',
  ':',
  ' ',
  'true',
  '"',
  "'",
  '\n',
  '\r',
  '\r\n',
  '#',
  '\uFEFF',
  'kill: on',
  'x',
  '\t',
];
const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((all) => all.join(''));

/** Each line by itself, as short as it is. */
const lines = (text: string): readonly string[] => text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);

it('finds a key in a text exactly where it is in one of its lines', () => {
  fc.assert(
    fc.property(texts, (text) => {
      // A mark of the byte order counts at the beginning of a file alone.
      const each = lines(text).filter((line) => !line.startsWith('\uFEFF'));
      expect(looksKilled(text)).toBe(each.some((line) => looksKilled(line)));
      const words = each.map((line) => topLevelWord(line, 'kill'));
      expect(topLevelWord(text, 'kill')).toBe(words.find((word) => word !== undefined));
    }),
    { numRuns: 2_000 },
  );
});
