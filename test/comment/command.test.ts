import { describe, expect, it } from 'vitest';
import { mayBeCommand, parseCommand } from '../../src/comment/command.ts';

const kindOf = (text: string): string => parseCommand(text, '/rollout').kind;

describe('a command', () => {
  it.each([
    '/rollout promote x',
    'Looks good.\n/rollout promote x because it is ready',
    '  /rollout promote x',
    '```\nsome log\n```\n/rollout promote x',
  ])('is obeyed: %j', (text) => {
    expect(parseCommand(text, '/rollout')).toMatchObject({ verb: 'promote', flag: 'x' });
  });

  it.each([
    'You would say:\n```\n/rollout promote x\n```',
    '~~~sh\n/rollout promote x\n~~~',
    '```\n/rollout promote x',
    'Indented:\n\n    /rollout promote x',
    '<!--\n/rollout promote x\n-->',
    'hidden <!-- \n/rollout promote x',
    '> /rollout promote x',
  ])('that is only shown or hidden is none: %j', (text) => {
    expect(kindOf(text)).toBe('none');
  });

  it('is taken as it was written, markup and all', () => {
    const text = '/rollout kill new_checkout_v2@production it is *very* slow, __now__ `p99`';
    expect(parseCommand(text, '/rollout')).toEqual({
      kind: 'command',
      verb: 'kill',
      flag: 'new_checkout_v2',
      environment: 'production',
      reason: 'it is *very* slow, __now__ `p99`',
    });
  });

  it('is the first of several', () => {
    expect(parseCommand('/rollout pause x\n/rollout kill x', '/rollout')).toMatchObject({
      verb: 'pause',
    });
  });
});

describe('a comment of more than 16 KB', () => {
  const LONGEST = 16 * 1024;
  const filled = (start: string, bytes: number): string => start.padEnd(bytes, 'a');

  it.each([
    ['of letters', filled('/rollout kill x ', LONGEST + 1)],
    ['of fewer letters of more bytes', `/rollout kill x ${'ü'.repeat(LONGEST / 2)}`],
    ['whose command is in its middle', `${filled('', LONGEST)}\n/rollout kill x\n`],
    ['that may only show the command', `\`\`\`\n/rollout kill x\n${filled('', LONGEST)}`],
  ])('%s, is answered and not read', (_, text) => {
    expect(parseCommand(text, '/rollout')).toEqual({
      kind: 'bad',
      problem: 'the comment is longer than 16 KB, so no command in it was carried out',
      next: 'Put the command in a comment of its own.',
    });
  });

  it.each([
    ['conversation', filled('Nice. You could say /rollout kill x. ', LONGEST + 1)],
    ['for somebody else', filled('/rollouts kill x ', LONGEST + 1)],
    ['nothing but line breaks', '\n'.repeat(65_000)],
  ])('that is %s is not answered', (_, text) => {
    expect(kindOf(text)).toBe('none');
  });

  it('is one byte too long: one byte less is read', () => {
    expect(kindOf(filled('/rollout kill x ', LONGEST))).toBe('command');
  });
});

describe('a comment that may be a command', () => {
  it.each([
    ['the first line', '/deploy', true],
    ['a later one, with blanks and a word joiner', 'well\r\n  \u2060/rollout', true],
    ['a sentence', 'see /rollout', false],
    ['a quote', '> /rollout', false],
    ['line breaks', '\n'.repeat(65_000), false],
  ])('has a line that begins with a slash: %s', (_, text, may) => {
    expect(mayBeCommand(text)).toBe(may);
  });
});
