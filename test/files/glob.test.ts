import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import { compileGlob, GlobError } from '../../src/files/config/glob-matcher.ts';
import { withinLimit } from '../support/cpu.ts';

const { rollouts: glob } = DEFAULT_CONFIG;

it.each([
  ['rollouts/new-checkout.yaml', true],
  ['rollouts/staging/new-checkout.yml', true],
  ['rollouts/a/b/c/new-checkout.yml', true],
  ['rollouts/.yaml', false],
  ['rollouts/.drafts/new-checkout.yaml', false],
  ['rollouts/new-checkout.YAML', false],
  ['services/rollouts/new-checkout.yaml', false],
])('says of %s by the default glob: %s', (path, matches) => {
  expect(compileGlob(glob)(path)).toBe(matches);
});

it.each([
  ['./flags/*.yaml', 'flags/a.yaml', true],
  ['flags/*.yaml', 'flags/a/b.yaml', false],
  ['flags/**.yaml', 'flags/a/b.yaml', false],
  ['flags/**/*.yaml', 'flags/b.yaml', true],
  ['{a,b}/{c,d}.yaml', 'b/c.yaml', true],
  ['{a/**,b}/x.yaml', 'a/b/c/x.yaml', true],
  ['{a/**,b}/x.yaml', 'a/x.yaml', true],
  ['flags/[a-c0].yaml', 'flags/0.yaml', true],
  ['flags/[^a-c].yaml', 'flags/b.yaml', false],
  ['flags/?.yaml', 'flags/..yaml', false],
  ['flags/x?.yaml', 'flags/x..yaml', true],
  ['flags/.*.yaml', 'flags/.a.yaml', true],
  ['flags/\\*.yaml', 'flags/a.yaml', false],
  ['flags/\\*.yaml', 'flags/*.yaml', true],
  ['flags/a+.yaml', 'flags/aa.yaml', false],
])('%s matches %s: %s', (written, path, matches) => {
  expect(compileGlob(written)(path)).toBe(matches);
});

it.each([
  ['!a.yaml', 'has a negation'],
  ['(a+)+b.yaml', 'has a group'],
  ['@(a|b).yaml', 'has a group'],
  ['{a,{b,c}}.yaml', 'has braces'],
  ['{a}.yaml', 'has braces'],
  ['{a,b.yaml', 'has braces'],
  ['a}.yaml', 'has braces'],
  ['{a,b}}.yaml', 'has braces'],
  ['[.yaml', 'has brackets'],
  ['[a-z]+.yaml', 'has brackets'],
  ['[!a-z].yaml', 'has brackets'],
  ['[[:alpha:]].yaml', 'has brackets'],
  [`${'{a,b}'.repeat(7)}.yaml`, 'is more than 64 globs'],
])('refuses %s: the glob %s', (written, why) => {
  expect(() => compileGlob(written)).toThrow(GlobError);
  expect(() => compileGlob(written)).toThrow(why);
});

const name = fc
  .array(fc.constantFrom('rollouts', '.', 'a', 'b', '*', '.yaml', '.yml', '.yamlx'), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.join(''));
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

/** How often both matched: a property of globs that match nothing says nothing. */
function agreeing(globs: fc.Arbitrary<string>, paths: fc.Arbitrary<string>): number {
  let matched = 0;
  fc.assert(
    fc.property(globs, paths, (written, each) => {
      const expected = picomatch(written)(each);
      if (expected) matched += 1;
      expect(compileGlob(written)(each)).toBe(expected);
    }),
    { numRuns: 3_000 },
  );
  return matched;
}

// But for folders with a line break in their names, which picomatch leaves out.
describe('matches what picomatch matches', () => {
  it('by the default glob', () => {
    const below = path.map((rest) => `rollouts/a/${rest}.yaml`);
    expect(agreeing(fc.constant(glob), fc.oneof(path, below))).toBeGreaterThan(50);
  });

  it('by other globs', () => {
    const part = fc.constantFrom('a', 'b', '.', '?', '[ab]', '[^b]', '{a,b}', '{a,.b}');
    // No folder is called `.` or `..`.
    const isName = (each: string): boolean => !/^\.{1,2}$/.test(each);
    const folder = fc.oneof(
      fc.constant('**'),
      fc
        .array(part, { minLength: 1, maxLength: 3 })
        .map((parts) => parts.join(''))
        .filter(isName),
    );
    const globs = fc
      .record({
        folders: fc.array(folder, { maxLength: 3 }),
        star: fc.constantFrom('*', 'a*', 'b'),
      })
      .map(({ folders, star }) => [...folders, `${star}.yaml`].join('/'));
    const letters = fc
      .array(fc.constantFrom('a', 'b', '.', 'c'), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join(''))
      .filter(isName);
    const paths = fc
      .array(letters, { minLength: 1, maxLength: 4 })
      .map((names) => `${names.join('/')}.yaml`);
    expect(agreeing(globs, paths)).toBeGreaterThan(100);
  });
});

it.each([
  ['nested braces', `${'{a,'.repeat(40)}b${'}'.repeat(40)}.yaml`],
  ['braces after braces', `${'{a,aa}'.repeat(30)}.yaml`],
  ['repeated stars', `${'*a'.repeat(80)}b.yaml`],
  ['repeated folders', `${'**/a/'.repeat(30)}b.yaml`],
  ['groups', `${'+(a|'.repeat(40)}b${')'.repeat(40)}.yaml`],
])('reads or refuses %s, and a path for them, within the limit', (what, written) => {
  withinLimit(what, () => {
    try {
      const isMatched = compileGlob(written);
      expect(isMatched(`${'a/'.repeat(500)}${'a'.repeat(3_000)}`)).toBe(false);
    } catch (error) {
      expect(error).toBeInstanceOf(GlobError);
    }
  });
});
