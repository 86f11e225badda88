import { describe, expect, it } from 'vitest';
import { formatFinding, formatOf } from '../../src/files/config/format.ts';
import { configOf, inWords, readConfig } from '../support/files.ts';

describe('the version of the format', () => {
  it.each([
    ['a config without one is of 1', {}, 1],
    ['a repository without a config is of 1', undefined, 1],
    ['the config says which', { version: 3 }, 3],
    ['what is no version is none', { version: '2' }, undefined],
    ['nor is half of one', { version: 1.5 }, undefined],
    ['nor is none of them', { version: 0 }, undefined],
  ])('%s', (_, config, version) => {
    expect(formatOf(config)).toBe(version);
  });

  it('is 1 or is not said, in a config of today', () => {
    expect(configOf('version: 1\n')).toEqual(configOf('{}\n'));
  });

  it.each([
    ["version: '2'", 'wrong-type at version: `version` must be a whole number'],
    ['version: 1.5', 'wrong-type at version: `version` must be a whole number'],
    ['version:', 'wrong-type at version: `version` must be a whole number'],
    ['version: 0', 'bad-value at version: `version` must be >= 1'],
  ])('is an error like any other where it is no version: %s', (text, error) => {
    expect(readConfig(text).findings.map(inWords)).toEqual([error]);
  });

  it('is the only error of a newer config, whatever else it holds', () => {
    const { config, findings } = readConfig('version: 2\nnonsense: 1\nproviders: []\n');
    expect(config).toBeUndefined();
    expect(findings).toMatchObject([{ code: 'newer-format', path: ['version'] }]);
  });

  it('is an error of an older config too, which says how to rewrite it', () => {
    expect(formatFinding({ version: 1 }, 2)).toMatchObject({
      code: 'older-format',
      hint: 'run `sluice migrate`, which rewrites the files',
    });
    // One that does not say which version it is was written when there was one alone.
    expect(formatFinding({}, 2)).toMatchObject({ code: 'older-format', path: ['version'] });
    expect(formatFinding({ version: 2 }, 2)).toBeUndefined();
  });
});
