import fc from 'fast-check';
import { CORE_SCHEMA, load, YAML11_SCHEMA } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { writeScalar } from '../../src/yaml/scalar.ts';
import { anyString } from './documents.ts';

const quotes = fc.constantFrom('plain', 'single', 'double');
/** These may stay plain: they are dates to YAML 1.1, and so they are to people. */
const isDate = (text: string) => /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/.test(text);

describe('a string as written', () => {
  it('is the same string to readers of YAML 1.2 and 1.1', () => {
    fc.assert(
      fc.property(anyString, quotes, (text, style) => {
        for (const schema of [CORE_SCHEMA, YAML11_SCHEMA]) {
          if (schema === YAML11_SCHEMA && isDate(text)) continue;
          expect(load(`a: ${writeScalar(text, style, 'block')}`, { schema })).toEqual({ a: text });
          expect(load(`{a: ${writeScalar(text, style, 'flow')}}`, { schema })).toEqual({ a: text });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    'y',
    'N',
    'yes',
    'Off',
    'true',
    'NULL',
    '~',
    '1',
    '1_0',
    '0o7',
    '1:30',
    '.5',
    '',
    ' a',
    'a:',
  ])('is quoted where it is %j', (text) => {
    expect(writeScalar(text, 'plain', 'block')).toBe(`'${text}'`);
  });

  it.each([
    'canary',
    '10m',
    '1%',
    'a b',
    "it's",
    'a:b',
    'ünï',
    'sha256:ab',
    '2026-12-03T09:05:11Z',
  ])('is plain where it is %j', (text) => {
    expect(writeScalar(text, 'plain', 'block')).toBe(text);
  });
});

it('writes numbers that YAML 1.1 reads as numbers too', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      const text = writeScalar(number, 'plain', 'block');
      expect(load(text, { schema: CORE_SCHEMA }) === number).toBe(true);
      expect(load(text, { schema: YAML11_SCHEMA }) === number).toBe(true);
    }),
  );
});
