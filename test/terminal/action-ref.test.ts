import { describe, expect, it } from 'vitest';
import { pinnedAction } from '../../src/terminal/action-ref.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

describe('the action of the workflows that init writes', () => {
  it.each([
    `acme/sluice@${COMMIT}`,
    `Acme-Inc/slu.ice_2@${COMMIT}`,
    `acme/tools/actions/sluice@${COMMIT}`,
    './',
    './action',
    './.github/actions/sluice',
  ])('may be %s', (action) => {
    expect(pinnedAction(action)).toBe(action);
  });

  it.each([
    ['acme/sluice', 'HEAD'],
    ['acme/sluice@v1', "'v1' 'v1^{}'"],
    ['acme/sluice@main', "'main' 'main^{}'"],
    ['acme/sluice@release/v1', "'release/v1' 'release/v1^{}'"],
    ['acme/sluice/sub@v1', "'v1' 'v1^{}'"],
    ['acme/sluice@0123456', "'0123456' '0123456^{}'"],
    [`acme/sluice@${COMMIT}0`, `'${COMMIT}0' '${COMMIT}0^{}'`],
    [
      `acme/sluice@${COMMIT.toUpperCase()}`,
      `'${COMMIT.toUpperCase()}' '${COMMIT.toUpperCase()}^{}'`,
    ],
  ])('must be pinned to a commit, and %s is not', (action, ref) => {
    expect(() => pinnedAction(action)).toThrow(
      `--action ${action} is not pinned to a commit, and a tag or a branch can be moved to other code. Write --action ${action.split('@')[0]}@<commit>: \`git ls-remote https://github.com/acme/sluice ${ref}\` prints it (of two lines, take the one that ends in ^{})`,
    );
  });

  it('must be given', () => {
    expect(() => pinnedAction(undefined)).toThrow(
      /needs one that is pinned: --action owner\/sluice@<commit>.*git ls-remote/,
    );
  });

  it.each([
    '',
    'sluice',
    `sluice@${COMMIT}`,
    `@${COMMIT}`,
    'docker://alpine@sha256:0',
    'docker://alpine:3',
    `https://github.com/acme/sluice@${COMMIT}`,
    `../sluice@${COMMIT}`,
    `acme/..@${COMMIT}`,
    `acme/sluice/../x@${COMMIT}`,
    `acme//sluice@${COMMIT}`,
    `acme/sluice@${COMMIT}@v1`,
    `acme/sluice@${COMMIT} # x`,
    `acme/sluice@${COMMIT}\n  run: id`,
    'acme/sluice@v1"',
    '.',
    './..',
    './../sluice',
    './a//b',
    './a b',
    './a\n',
    '/action',
  ])('must be an action: %j is none', (action) => {
    expect(() => pinnedAction(action)).toThrow(`does not name an action`);
  });
});
