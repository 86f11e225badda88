import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/commands/command.ts';

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
});
