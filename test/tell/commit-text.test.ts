import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inert } from '../../src/tell/commit-text.ts';
import { INSTRUCTS } from '../support/instructions.ts';

/** Word joiners, to be seen. */
const seen = (text: string): string => text.replaceAll('\u2060', '·');

describe('what instructs GitHub', () => {
  it.each([
    ['[skip ci]', '[·skip ci]'],
    ['[ci skip]', '[·ci skip]'],
    ['[no ci]', '[·no ci]'],
    ['[skip actions]', '[·skip actions]'],
    ['[actions skip]', '[·actions skip]'],
    ['it works [SKIP CI], says [Ci Skip]', 'it works [·SKIP CI], says [·Ci Skip]'],
    ['skip-checks: true', 'skip·-checks: true'],
    ['Skip-Checks:true', 'Skip·-Checks:true'],
    ['fixes #13', 'fixes #·13'],
    ['Closes: #13, resolves acme/shop#14', 'Closes: #·13, resolves acme/shop#·14'],
    ['fixed gh-13 and GH-14', 'fixed gh-·13 and GH-·14'],
    [
      'resolved https://github.com/acme/shop/issues/13',
      'resolved https://github.com/acme/shop/issues/·13',
    ],
    ['close acme/shop/pull/13', 'close acme/shop/pull/·13'],
    ['cc @ada, (@acme/payments) "@x"', 'cc @·ada, (@·acme/payments) "@·x"'],
    ['é@ada', 'é@·ada'],
    ['acme/shop@0123abc', 'acme/shop@·0123abc'],
    ['Co-authored-by: Mallory <m@evil.example>', 'Co-authored-·by: Mallory <m@evil.example>'],
    ['signed-off-by:x', 'signed-off-·by:x'],
  ])('%s does not any more', (text, left) => {
    expect(text).toMatch(INSTRUCTS);
    expect(seen(inert(text))).toBe(left);
    expect(inert(text)).not.toMatch(INSTRUCTS);
  });
});

describe('what does not', () => {
  it.each([
    'new-checkout@production',
    'Rollout: a@b kill x->off by=ada via=comment-1 evidence=sha256:0123456789abcdef',
    'sum(rate(errors_total{path="/issues/13",code=~"5.."}[5m] @ end())) by (le)',
    'histogram_quantile(0.99, x{job="a-b"}) # by hand',
    'skip the checks: ci is slow; by the way, stand-by',
    'C# and F#, 5 @ 3, ghost-13, a/b@main',
  ])('is left as it is: %s', (text) => {
    expect(text).not.toMatch(INSTRUCTS);
    expect(inert(text)).toBe(text);
  });
});

const PIECE = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.constantFrom(
    ...['[', ']', 'skip ci', 'ci skip', 'no ci', 'actions skip', 'skip-checks:', 'true', ' ', '\n'],
    ...[
      '#',
      '1',
      'GH-',
      'gh-',
      '/issues/',
      '/pull/',
      'a/b',
      '@',
      '@ada',
      'abcdef0',
      '-by:',
      'fixes',
    ],
    ...['Co-authored', '\u2060', '-', '_', '.', 'é'],
  ),
);

it('whatever the text, nothing in it instructs GitHub, and without word joiners it is the same', () => {
  let instructed = 0;
  fc.assert(
    fc.property(fc.array(PIECE, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      if (INSTRUCTS.test(text)) instructed += 1;
      expect(inert(text)).not.toMatch(INSTRUCTS);
      expect(inert(text).replaceAll('\u2060', '')).toBe(text.replaceAll('\u2060', ''));
      expect(inert(inert(text))).toBe(inert(text));
    }),
    { numRuns: 2000 },
  );
  expect(instructed).toBeGreaterThan(50);
});
