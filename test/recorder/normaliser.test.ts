import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Logged } from '../github/traffic.ts';
import { normaliser } from '../support/recorder/normaliser.ts';
import { requestLines } from '../support/recorder/requests.ts';

const CLOCK = Date.parse('2026-12-01T12:00:40Z');
const [A, B] = ['a1b2c3d'.padEnd(40, '0'), 'b'.repeat(40)];

it.each([
  [`${B} after ${A} and ${B}`, '<id 1> after <id 2> and <id 1>'],
  [`${A}, which is a1b2c3d for short`, '<id 1>, which is <id 1, short> for short'],
  ['1234567 requests', '1234567 requests'],
  [`in ${tmpdir()}/sluice-test-x1Y2z3/repository`, 'in <folder>/repository'],
  ['http://127.0.0.1:34567/graphql', 'http://127.0.0.1:<port>/graphql'],
  [`with ghs_${'0f'.repeat(18)}`, 'with <token>'],
  [`evidence=sha256:${'0f'.repeat(32)}`, 'evidence=<digest>'],
])('%s is %s', (text, expected) => {
  expect(normaliser(undefined).text(text)).toBe(expected);
});

describe('a date', () => {
  it.each([
    ['2026-12-01T12:00:00Z', '<now>'],
    // Computed when the test file was loaded, or by a program that ended later.
    ['2026-11-30T05:52:10Z', '<now-30h>'],
    ['2026-11-30T06:04:10Z', '<now-30h>'],
    ['2026-12-01T12:46:00.123Z', '<now+45m>'],
    ['Tue 1 Dec 2026, 13:00', '<now+1h>'],
    [
      'rollout/revert/checkout/quarter-20261201T090000Z',
      'rollout/revert/checkout/quarter-<now-3h>',
    ],
    ['2026-06-01T09:00:00Z', '2026-06-01T09:00:00Z'],
  ])('%s by the real clock is %s', (text, expected) => {
    expect(normaliser(CLOCK).text(text)).toBe(expected);
  });

  it('by a virtual clock stays', () => {
    expect(normaliser(undefined).text('2026-12-01T12:00:00Z')).toBe('2026-12-01T12:00:00Z');
  });
});

it('names the keys and values of JSON, and nothing that is not text', () => {
  expect(normaliser(undefined).json({ [A]: [B, 12, null, { of: A }] })).toEqual({
    '<id 1>': ['<id 2>', 12, null, { of: '<id 1>' }],
  });
});

it('keeps the id of a file that is the same in every run', () => {
  const normal = normaliser(CLOCK);
  const blob = (text: string) => normal.blob(A, Buffer.from(text));
  expect(blob('flag: a')).toBe(A);
  expect(blob('since: 2026-12-01T11:00:00Z')).toMatch(/^~[0-9a-f]{40}$/);
  expect(blob('since: 2026-12-01T11:00:00Z')).toBe(blob('since: 2026-12-01T11:00:07Z'));
  expect(blob('since: 2026-12-01T11:00:00Z')).not.toBe(blob('since: 2026-12-01T10:00:00Z'));
});

describe('requests', () => {
  const request = (method: string, path: string, more: Partial<Logged> = {}): Logged => ({
    order: 1,
    method,
    path,
    query: '',
    operation: 'some/operation',
    writes: method !== 'GET',
    token: 'actions',
    body: undefined,
    version: undefined,
    status: 200,
    ...more,
  });
  const lines = (...requests: readonly Logged[]) => requestLines(requests, normaliser(undefined));

  it('between two writes may come in any order', () => {
    const write = request('POST', '/issues', { body: { title: 'a', labels: ['b', 'c'] } });
    const reads = [request('GET', `/commits/${A}`), request('GET', '/pulls', { query: 'page=2' })];
    const expected = [
      'GET /commits/<id 1> → 200',
      'GET /pulls?page=2 → 200',
      'POST /issues {labels: [string], title: string} → 200',
    ];
    expect(lines(...reads, write)).toEqual(expected);
    expect(lines(...reads.toReversed(), write)).toEqual(expected);
    expect(lines(write, ...reads)).not.toEqual(expected);
  });

  it('to GraphQL are called as what they ask for', () => {
    const body = { query: 'query($name: String!) { … }', variables: { name: 'shop' } };
    const operation = 'graphql/repository';
    expect(lines(request('POST', '/graphql', { operation, body, writes: false }))).toEqual([
      'graphql/repository {name: string} → 200',
    ]);
  });

  it('come before the reaction that nobody waits for', () => {
    const react = (content: string): Logged =>
      request('POST', '/reactions', {
        operation: 'reactions/create-for-issue-comment',
        body: { content },
        status: content === 'eyes' ? 201 : 200,
      });
    expect(lines(react('eyes'), request('GET', '/pulls'), react('rocket'))).toEqual([
      'GET /pulls → 200',
      'POST /reactions {content: string} → 200',
      'POST /reactions {content: string} → 201',
    ]);
  });

  it('without an answer say so', () => {
    expect(lines(request('GET', '/pulls', { status: 0 }))).toEqual(['GET /pulls → no answer']);
  });
});
