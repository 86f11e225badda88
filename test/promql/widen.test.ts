import { expect, it } from 'vitest';
import { widened } from '../../src/promql/widen.ts';

it.each<[string, readonly string[]]>([
  ['errors{flag="checkout",variant="on",code=~"5.."}', ['errors{code=~"5.."}']],
  ["errors{flag='checkout', variant='off'}", ['errors']],
  ['errors{variant!="on"}', ['errors{variant!="on"}']],
  ['errors{variant=~"on"}', ['errors{variant=~"on"}']],
  ['{__name__="errors",flag="checkout"}', ['{__name__="errors"}']],
  ['{flag="checkout"}', []],
  ['a{flag="checkout"} + b{x="y"}', ['a', 'b{x="y"}']],
  ['errors{code="}"}', ['errors{code="}"}']],
  ['errors{', []],
  ['', []],
])('%s', (query, selectors) => {
  expect(widened(query, ['checkout', 'on', 'off'])).toEqual(selectors);
});
