import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/yaml/parse.ts';
import { locatePart } from '../../src/yaml/part.ts';

/** What a stretch of the value of `q` is in the file: its line, its column and its text. */
function found(text: string, part: string): string {
  const document = parseYaml(text);
  const { q } = document.value as { readonly q: string };
  const start = q.indexOf(part);
  expect(start, `${part} in ${q}`).toBeGreaterThanOrEqual(0);
  const { line, column, ...at } = locatePart(document, ['q'], { start, end: start + part.length });
  return `${line}:${column} ${text.slice(at.start, at.end)}`;
}

describe('part of a string', () => {
  it.each([
    ['plain', 'q: sum(rate(x[5m]))', 'rate(x[5m])', '1:8 rate(x[5m])'],
    ['plain, over lines', 'q: sum(\n    rate(x[5m])\n  )\n', 'rate(x[5m])', '2:5 rate(x[5m])'],
    ['in single quotes', `q: 'a{b="it''s"} + rate(x)'`, 'rate(x)', '1:20 rate(x)'],
    ['in double quotes', 'q: "a{b=\\"c\\"} + rate(x)"', 'rate(x)', '1:18 rate(x)'],
    ['a quote that is escaped', 'q: "a{b=\\"c\\"}"', '"c"', '1:9 \\"c\\'],
    [
      'after an escaped character of two units',
      'q: "\\U0001F600 rate(x)"',
      'rate(x)',
      '1:16 rate(x)',
    ],
    ['after an escaped line break', 'q: "a\\n  + rate(x)"', 'rate(x)', '1:12 rate(x)'],
    ['over lines in double quotes', 'q: "a +\n\n  rate(x)"', 'rate(x)', '3:3 rate(x)'],
    ['a literal block', 'q: |\n  a +\n    rate(x)\n', 'rate(x)', '3:5 rate(x)'],
    ['a folded block', 'q: >-\n  a +\n\n  rate(x)\n  + b\n', 'rate(x)', '4:3 rate(x)'],
    ['a block of CRLF lines', 'q: |\r\n  a +\r\n  rate(x)\r\n', 'rate(x)', '3:3 rate(x)'],
    [
      'a block with a comment and an indent',
      'q: |2 # why\n    a\n  rate(x)\n',
      'rate(x)',
      '3:3 rate(x)',
    ],
    ['in a flow mapping, with an anchor', '{q: &x rate(y)}', 'rate(y)', '1:8 rate(y)'],
    ['the end of a block', 'q: |\n  a(\n', '\n', '2:5 '],
  ])('%s', (_, text, part, at) => {
    expect(found(text, part).trimEnd()).toBe(at.trimEnd());
  });

  it.each([
    ['its text is elsewhere', 'a: &x rate(y)\nq: *x\n', 2],
    ['a line is continued by a backslash', 'a: 1\nq: "a + \\\n  rate(x)"\n', 2],
  ])('is the whole value if %s', (_, text, line) => {
    const at = locatePart(parseYaml(text), ['q'], { start: 5, end: 6 });
    expect(at).toMatchObject({ line, column: 4 });
  });
});
