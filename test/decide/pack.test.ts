import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../src/decide/pack.ts';

/** Through the text of a file and back. */
const kept = (value: unknown): unknown => unpack(JSON.parse(JSON.stringify(pack(value))));

const columns = fc.oneof(
  fc
    .array(fc.double(), { maxLength: 20 })
    .map((numbers): Float64Array | Int32Array => Float64Array.from(numbers)),
  fc.array(fc.nat(1_000), { maxLength: 20 }).map((steps) => Int32Array.from(steps)),
);

const { any } = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.double(),
    fc.constant(null),
    fc.boolean(),
    fc.string(),
    columns,
    fc.array(tie('any'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.string(), tie('any')), { maxLength: 4 }).map((each) => new Map(each)),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('$number', '$$map', '$places', '$column', '__proto__')),
      tie('any'),
      { maxKeys: 4 },
    ),
  ),
}));

describe('what is packed as JSON', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(any, (value) => {
        expect(kept(value)).toEqual(value);
      }),
    );
  });

  it.each([
    ['not a number', Number.NaN, { $number: 'NaN' }],
    ['infinity', Number.NEGATIVE_INFINITY, { $number: '-Infinity' }],
    ['places by their differences', Int32Array.of(3, 4, 9), { $places: [3, 1, 5] }],
    ['a map', new Map([['a', 1]]), { $map: [['a', 1]] }],
    ['a key that looks like one of ours', { $map: 1 }, { $$map: 1 }],
  ])('%s', (_, value, json) => {
    expect(pack(value)).toEqual(json);
    expect(kept(value)).toEqual(value);
  });

  it('leaves out what is undefined, and takes no function', () => {
    expect(pack({ a: undefined, b: 1 })).toEqual({ b: 1 });
    expect(() => pack({ a: () => 1 })).toThrow('a function cannot be kept in a record');
  });
});
