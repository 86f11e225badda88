import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutDocuments } from '../../src/yaml/stream.ts';

const texts = (text: string): readonly string[] => cutDocuments(text).map((part) => part.text);

it.each<[what: string, parts: readonly string[]]>([
  ['a file of one', ['a: 1\n']],
  ['a file of one that is marked', ['---\na: 1\n']],
  ['two', ['a: 1\n', '---\nb: 2\n']],
  ['two that are marked, comments above', ['# c\n\n---\na: 1\n', '---\nb: 2\n']],
  ['one with an end', ['a: 1\n...\n', '---\nb: 2\n']],
  ['CRLF', ['a: 1\r\n', '---\r\nb: 2\r\n']],
  ['content beside the marker', ['--- {a: 1}\n', '--- # c\nb: 2\n']],
  ['an empty one', ['a: 1\n', '---\n', '---']],
  ['a byte order mark', ['\uFEFF---\na: 1\n', '---\nb: 2\n']],
  ['dashes that mark nothing', ['a: |\n  ---\n ---\n---a: 1\nb: "\n  ---"\n']],
  ['a separator of lines that YAML does not know', ['a: "x\u2028--- y"\n']],
])('cuts %s', (_, parts) => {
  expect(texts(parts.join(''))).toEqual(parts);
});

it('counts the lines before each', () => {
  const file = '# c\r\n---\r\na: 1\r\n---\nb: 2\n---\nc: 3\n';
  expect(cutDocuments(file).map((part) => part.linesBefore)).toEqual([0, 3, 5]);
});

it('loses no byte of any file', () => {
  const noise = fc.string({
    unit: fc.constantFrom('---', '\n', '\r\n', '\r', ' ', '#', 'a: 1', '…'),
  });
  fc.assert(
    fc.property(noise, (text) => {
      expect(texts(text).join('')).toBe(text);
    }),
  );
});

it('is quick with a long beginning', () => {
  const lines = '# c\r\n'.repeat(50_000);
  const before = performance.now();
  expect(texts(`${lines}a: 1\r\n---\r\nb: 2\r\n`)).toHaveLength(2);
  expect(performance.now() - before).toBeLessThan(1000);
});
