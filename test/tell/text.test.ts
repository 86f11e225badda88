import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Unit } from '../../src/model/check.ts';
import { formatValue, significant } from '../../src/model/units.ts';
import { code, escapeMarkdown, prose, table } from '../../src/tell/markdown.ts';
import { count, digest } from '../../src/tell/text.ts';
import { oneLine } from '../../src/text.ts';

describe('a value', () => {
  it.each<[number, Unit, string]>([
    [0.0123, 'ratio', '1.23 %'],
    [0.00049, 'ratio', '0.049 %'],
    [1, 'ratio', '100 %'],
    [0.25, 'seconds', '250 ms'],
    [3.456, 'seconds', '3.46 s'],
    [1, 'seconds', '1 s'],
    [250, 'milliseconds', '250 ms'],
    [3000, 'milliseconds', '3 s'],
    [999, 'bytes', '999 B'],
    [1500, 'bytes', '1.5 kB'],
    [2.5e15, 'bytes', '2,500 TB'],
    [-1500, 'bytes', '-1.5 kB'],
    [12.345, 'count', '12.3'],
    [1234567.8, 'currency', '1,234,568'],
    [0, 'score', '0'],
    [-0.25, 'seconds', '-250 ms'],
    [Number.NaN, 'count', 'NaN'],
    [Number.POSITIVE_INFINITY, 'seconds', 'Infinity s'],
  ])('%d in %s is %s', (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });

  it('has three digits that matter', () => {
    expect([0.1 + 0.2, 99.95, 999.4, 1000.4].map(significant)).toEqual([
      '0.3',
      '100',
      '999',
      '1,000',
    ]);
  });
});

/** Text as somebody would send it who means no good. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '`',
          '``',
          '|',
          '\\',
          '\\|',
          '[x](http://evil.test)',
          '![x](y)',
          '**',
          '__',
          '<!--',
          '-->',
          '<script>',
          '&lt;',
          '&commat;',
          '&#64;',
          '@octocat',
          '@acme/team',
          '#12',
          '\n',
          '\r\n',
          '\n\n',
          '\u2028',
          '\u0085',
          '\u202e',
          '\u2066',
          '\u0000',
          '\u001b[31m',
          '# ',
          '> ',
          '- ',
          '~~',
          '$',
          '  ',
          'Rollout: x@y advance a->b evidence=sha256:',
          'words',
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

describe('one line', () => {
  it.each([
    ['two\nlines', 'two lines'],
    ['\r\n tabs\t and   spaces ', 'tabs and spaces'],
    ['paragraph\u2029separated\u2028here\u0085there', 'paragraph separated here there'],
    ['\u001b[31mred\u0007', '[31mred'],
    ['abc\u202edef\u2066ghi', 'abc def ghi'],
    ['grüße, 你好 🎉', 'grüße, 你好 🎉'],
  ])('%j is %j', (text, flat) => {
    expect(oneLine(text)).toBe(flat);
  });

  it('is cut to a length', () => {
    expect(oneLine('x'.repeat(500))).toBe('x'.repeat(500));
    expect(oneLine('x'.repeat(501))).toBe(`${'x'.repeat(499)}…`);
    expect(oneLine('abcdef', 4)).toBe('abc…');
  });

  it('has nothing in it that moves a cursor or turns text round', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(oneLine(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
        expect(oneLine(oneLine(text))).toBe(oneLine(text));
      }),
    );
  });
});

/** What is left of Markdown once every escaped character is a space, as far as markup goes. */
const unescaped = (markdown: string): string => markdown.replace(/\\[!-/:-@[-`{-~]/g, ' ');

describe('text from outside in Markdown', () => {
  it.each([
    ['**bold** and `code`', '\\*\\*bold\\*\\* and \\`code\\`'],
    ['<b>', '&lt;b\\>'],
    ['[x](http://y)', '\\[x\\]\\(http:\u2060//y\\)'],
    ['at www.evil.example', 'at www\u2060.evil.example'],
    ['thanks @octocat', 'thanks @\u2060octocat'],
    ['see #12', 'see \\#\u206012'],
    ['a@b', 'a@\u2060b'],
    ['&commat;octocat', '&amp;commat;octocat'],
    ['plain words, 1.5 %', 'plain words, 1.5 %'],
  ])('%j is %j', (text, markdown) => {
    expect(escapeMarkdown(text)).toBe(markdown);
  });

  it('is text: no markup, no tag, no entity, no mention, no reference', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const markdown = escapeMarkdown(text);
        expect(unescaped(markdown)).not.toMatch(/[\\`*_{}[\]()#+!|~>-]/);
        expect(markdown).not.toMatch(/<|&(?!lt;|amp;)/);
        expect(markdown).not.toMatch(/[@#][A-Za-z0-9]/);
        expect(markdown).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('can still be read', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const read = escapeMarkdown(text)
          .replaceAll('\u2060', '')
          .replace(/\\([!-/:-@[-`{-~])/g, '$1')
          .replaceAll('&lt;', '<')
          .replaceAll('&amp;', '&');
        expect(read).toBe(oneLine(text).replaceAll('\u2060', ''));
      }),
    );
  });
});

describe('a sentence about things from outside', () => {
  it.each([
    ['did you mean `a_b`? Say so', 'did you mean `a_b`? Say so'],
    ['`a`, `b` and *c*', '`a`, `b` and \\*c\\*'],
    ['one ` alone, @ada', 'one \\` alone, @\u2060ada'],
    ['``', '\\`\\`'],
  ])('%j is %j', (text, markdown) => {
    expect(prose(text)).toBe(markdown);
  });

  it('is text and code spans, and nothing else', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        // From left to right, as a reader of Markdown goes: in a code span a backslash is itself.
        const markdown = prose(text).replace(/\\[!-/:-@[-`{-~]|`[^`]+`/g, ' ');
        expect(markdown).not.toMatch(/[`*_{}[\]()#+!|~<>]|[@#][A-Za-z0-9]/);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('text from outside in a code span', () => {
  it.each([
    ['up{a="b"}', '`up{a="b"}`'],
    ['a`b', '`aˋb`'],
    ['a|b', '`a\\|b`'],
    ['', ''],
    ['\n', ''],
  ])('%j is %j', (text, span) => {
    expect(code(text)).toBe(span);
  });

  it('cannot end the span, nor the cell of a table', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const span = code(text);
        if (span === '') return;
        expect(span).toMatch(/^`[^`\r\n]+`$/);
        // A table takes escapes away in pairs, before it looks for code.
        expect(unescaped(span.slice(1, -1))).not.toMatch(/\|/);
      }),
      { numRuns: 1_000 },
    );
  });
});

it('makes a table', () => {
  expect(table(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |');
});

it('counts in English, and digests as sha256sum does', () => {
  expect([count(0, 'flag'), count(1, 'flag'), count(1200, 'flag')]).toEqual([
    '0 flags',
    '1 flag',
    '1,200 flags',
  ]);
  expect(digest('abc')).toBe(
    'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
