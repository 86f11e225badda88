import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapePromql } from '../../src/providers/prometheus/promql.ts';

it('leaves ordinary names alone', () => {
  expect(escapePromql('new-checkout/v2 für 🙂')).toBe('new-checkout/v2 für 🙂');
});

it('keeps a hostile name inside its literal', () => {
  const hostile = '"} or vector(0) #\n\\';
  expect(`up{flag="${escapePromql(hostile)}"}`).toBe('up{flag="\\u0022} or vector(0) #\\n\\\\"}');
});

it('replaces half a surrogate pair, which is no character', () => {
  expect(escapePromql('a\ud83db')).toBe('a\ufffdb');
});

it.each(['"', "'"])('is read back as it was, between %s', (mark) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      expect(readGoLiteral(`${mark}${escapePromql(value)}${mark}`)).toBe(value);
    }),
  );
});

it('is read back as it was, whatever mischief it holds', () => {
  const mischief = fc.array(
    fc.constantFrom('"', "'", '`', '\\', '\n', '\r', '\0', 'n', 'u0022', 'x', '{{'),
  );
  fc.assert(
    fc.property(mischief, (parts) => {
      const value = parts.join('');
      expect(readGoLiteral(`"${escapePromql(value)}"`)).toBe(value);
    }),
  );
});

/**
 * Go's interpreted string literals, with the quote given by the first character
 * (https://go.dev/ref/spec#String_literals): an implementation of its own, to hold ours to.
 */
function readGoLiteral(literal: string): string {
  const mark = literal[0];
  const simple: Readonly<Record<string, string>> = {
    a: '\x07',
    b: '\b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
    v: '\v',
    '\\': '\\',
  };
  let text = '';
  let at = 1;
  for (;;) {
    const character = literal[at];
    if (character === undefined) throw new Error('the literal does not end');
    at += 1;
    if (character === mark) {
      if (at !== literal.length) throw new Error(`the literal ends early, at ${at}`);
      return text;
    }
    if (character === '\n') throw new Error('a raw line break');
    if (character !== '\\') {
      text += character;
      continue;
    }
    const kind = literal[at] ?? '';
    at += 1;
    const digits = { x: 2, u: 4, U: 8 }[kind];
    if (digits !== undefined) {
      const hex = literal.slice(at, at + digits);
      if (!/^[0-9a-f]+$/i.test(hex) || hex.length !== digits) throw new Error(`bad \\${kind}`);
      text += String.fromCodePoint(Number.parseInt(hex, 16));
      at += digits;
    } else if (kind === mark) text += mark;
    else {
      const meaning = simple[kind];
      if (meaning === undefined) throw new Error(`unknown escape \\${kind}`);
      text += meaning;
    }
  }
}
