import { describe, expect, it } from 'vitest';
import { plainLines } from '../../src/comment/plain-lines.ts';
import { NOT_SHOWN, SET_APART, SHOWN } from '../support/comments.ts';

const COMMAND = '/rollout kill x';
const has = (comment: string): boolean =>
  plainLines(comment).some((line) => line.trim() === COMMAND);

describe('a command that a reader sees as plain text', () => {
  it.each(SHOWN)('%s, is a line of it', (_, comment) => {
    expect(has(comment)).toBe(true);
  });
});

describe('a command that a reader sees otherwise, or not at all', () => {
  it.each([...NOT_SHOWN, ...SET_APART])('%s, is not', (_, comment) => {
    expect(comment).toMatch(/\/rollout kill x/);
    expect(has(comment)).toBe(false);
  });
});

describe('a line of plain text', () => {
  it.each([
    ['/rollout kill new_checkout_v2 it is *very* __slow__ ~now~'],
    ['/rollout kill x because `a` and ``b`` are slow'],
    ['/rollout kill x [the log](https://log.example "a log") ![](p.png) https://a.example'],
    ['/rollout kill a\\_b &#47; &amp; \\*'],
    ['/rollout kill x 5 < 6 > 4 "quoted" | -- $5'],
  ])('is as it was written: %s', (line) => {
    expect(plainLines(`Well:\n${line}\nThanks.`)).toEqual(['Well:', line, 'Thanks.']);
  });

  it.each([
    ['/rollout kill x <!-- flag --> now', '/rollout kill x  now'],
    ['/rollout kill check<b>out</b>', '/rollout kill checkout'],
    ['/rollout kill x <b title="a\nb">now', '/rollout kill x '],
  ])('is without HTML tags: %s', (line, plain) => {
    expect(plainLines(line)[0]).toBe(plain);
  });

  it('begins with no tag: who writes a command writes it first', () => {
    expect(plainLines('<b>/rollout kill x</b>')).toEqual([]);
    expect(plainLines('Well:\n  <b>/rollout kill x</b>')).toEqual(['Well:']);
  });

  it('ends at any line break', () => {
    expect(plainLines('a\r\nb\rc\nd')).toEqual(['a', 'b', 'c', 'd']);
  });
});
