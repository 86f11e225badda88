import { expect, it } from 'vitest';
import { placeholders, resolve } from '../../src/model/template.ts';
import { escapePromql } from '../../src/providers/prometheus/promql.ts';

const values = { flag: 'new-checkout', variant: 'o"n', window: '10m', 'labels.team': '{{window}}' };
const fill = (template: string) => resolve(template, values, escapePromql);

it('fills in values, escaped, and the window as it is', () => {
  expect(fill('rate(r{flag="{{flag}}",v="{{ variant }}"}[{{window}}])')).toEqual({
    kind: 'resolved',
    expression: 'rate(r{flag="new-checkout",v="o\\u0022n"}[10m])',
  });
});

it('never looks at a value again', () => {
  expect(fill('{team="{{labels.team}}"}')).toMatchObject({ expression: '{team="{{window}}"}' });
  const dollar = resolve('"{{flag}}"', { flag: '$& $1 $$' }, escapePromql);
  expect(dollar).toMatchObject({ expression: '"$& $1 $$"' });
});

it('drops white space around the whole, which YAML adds', () => {
  expect(fill('\n  sum(up)\n')).toMatchObject({ expression: 'sum(up)' });
});

it.each(['flg', 'labels.owner', 'constructor', '__proto__', '', 'flag }'])(
  'tells of the unknown placeholder {{%s}}',
  (name) => {
    expect(fill(`up{a="{{flag}}"} + {{ ${name.replace(' }', '!')} }}`)).toEqual({
      kind: 'unknown-placeholder',
      name: name.replace(' }', '!'),
      available: ['flag', 'labels.team', 'variant', 'window'],
    });
  },
);

it('lists the placeholders of a template, each once', () => {
  expect(placeholders('{{b}} {{ a }} {{b}} {{labels.x-y}} {c} {{}}')).toEqual([
    'b',
    'a',
    'labels.x-y',
    '',
  ]);
  expect(placeholders('sum(up{a="b"})')).toEqual([]);
});
