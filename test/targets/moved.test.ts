import { describe, expect, it } from 'vitest';
import type { TargetConfig } from '../../src/model/config.ts';
import type { Source } from '../../src/targets/target.ts';
import { rollout, stage, status, unread } from '../support/builders.ts';
import { openFile } from '../support/targets.ts';

const OLD = 'rollouts/new-checkout.yaml';
const NEW = 'rollouts/payments/checkout.yaml';
const quarter = {
  stages: [stage('quarter', { percentage: 25 })],
  status: status({ phase: 'progressing', stage: 'quarter' }),
};
const valid = (more = {}): Source => ({ kind: 'valid', rollout: rollout({ ...quarter, ...more }) });
/** The file of the rollout under another name, naming its flag. */
const moved = (more = {}): Source =>
  unread({ file: NEW, flags: ['new-checkout', 'checkout'], ...more });

const TARGETS: readonly TargetConfig[] = [
  { holds: 'flags', type: 'json', path: 'flags.json' },
  { holds: 'flags', type: 'flagd', path: 'flags.json' },
  { holds: 'flags', type: 'go-feature-flag', path: 'flags.yaml' },
];

describe.each(TARGETS)('a rollout that cannot be read any more, in $type', (config) => {
  function compile(sources: readonly Source[], standing?: string) {
    const { files, problems } = openFile(config).plan(sources, standing);
    return { text: files[0]?.text ?? '', problems };
  }
  const standing = compile([valid()]).text;
  const killed = compile([unread({ killed: true })], standing).text;
  const inNew = (text: string): string => text.replace(OLD, NEW);
  const empty = compile([]).text;

  it('keeps its entry when it was moved, under its new name', () => {
    const once = compile([moved()], standing);
    expect(once).toEqual({ text: inNew(standing), problems: [] });
    // From then on it is found though nothing in it can be made out.
    expect(compile([unread({ file: NEW, killed: true })], once.text).text).toBe(inNew(killed));
  });

  it('is the control for everyone when it was moved and killed, and stays it', () => {
    expect(killed).not.toBe(standing);
    const once = compile([moved({ killed: true })], standing);
    expect(once).toEqual({ text: inNew(killed), problems: [] });
    expect(compile([moved({ killed: true })], once.text)).toEqual(once);
  });

  it('is told where no entry is of it', () => {
    const other = unread({ file: 'rollouts/other.yaml', killed: true });
    expect(compile([other], standing)).toEqual({
      text: empty,
      problems: [
        `${config.path} has no entry of rollouts/other.yaml, nor one of a flag other: its users get what their code says; fix the file`,
      ],
    });
  });

  it('is not of another environment', () => {
    const staging = moved({ killed: true, environment: 'staging' });
    expect(compile([staging], standing)).toEqual({
      text: empty,
      problems: [expect.stringContaining('has no entry of')],
    });
    expect(compile([moved({ environment: 'production' })], standing).problems).toEqual([]);
  });

  it('is off where one of two files says so, whichever had it', () => {
    const sources = [unread(), moved({ killed: true })];
    expect(compile(sources, standing).text).toBe(killed);
    expect(compile(sources.toReversed(), standing).text).toBe(killed);
    expect(compile(sources, killed).text).toBe(killed);
  });

  it('keeps its entry when it was moved and its stage is gone', () => {
    const gone = { file: NEW, status: status({ phase: 'progressing', stage: 'gone' }) };
    expect(compile([valid(gone)], standing)).toEqual({
      text: inNew(standing),
      problems: [],
    });
  });
});
