import fc from 'fast-check';
import picomatch from 'picomatch';
import { expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts';
import { globMatcher } from '../../src/config/glob.ts';

const { rollouts: glob } = DEFAULT_CONFIG;

it.each([
  ['rollouts/new-checkout.yaml', true],
  ['rollouts/staging/new-checkout.yml', true],
  ['rollouts/.yaml', false],
  ['rollouts/.drafts/new-checkout.yaml', false],
  ['rollouts/new-checkout.YAML', false],
  ['services/rollouts/new-checkout.yaml', false],
])('says of %s by the default glob: %s', (path, matches) => {
  expect(globMatcher(glob)(path)).toBe(matches);
});

// But for folders with a line break in their names, which picomatch leaves out.
it('matches by the default glob what picomatch matches', () => {
  const name = fc
    .array(fc.constantFrom('rollouts', '.', 'a', '*', '.yaml', '.yml', '.yamlx'), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts) => parts.join(''));
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
  const below = path.map((rest) => `rollouts/a/${rest}.yaml`);
  let matched = 0;
  fc.assert(
    fc.property(fc.oneof(path, below), (each) => {
      const expected = picomatch(glob)(each);
      if (expected) matched += 1;
      expect(globMatcher(glob)(each)).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
  expect(matched).toBeGreaterThan(50);
});
