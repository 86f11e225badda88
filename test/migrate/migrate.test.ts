import { describe, expect, it } from 'vitest';
import { migrated, migratedConfig, migrationBetween } from '../../src/migrate/migrate.ts';
import { renamedRules } from '../../src/migrate/renamed-rules.ts';
import type { Step } from '../../src/migrate/step.ts';
import { STEPS } from '../../src/migrate/steps.ts';
import { childOf } from '../../src/model/json.ts';
import { YamlError } from '../../src/yaml/error.ts';

const NAMES: Readonly<Record<string, string>> = { 'untold-segment': 'segment-unsupported' };
const RULES = renamedRules((rule) => NAMES[rule]);

/** To the next version: owners were a crew before, and the config's environments were places. */
const CREW: Step = {
  from: 1,
  to: 2,
  says: 'Call a crew its owners',
  ofConfig: () => [{ path: ['places'], name: 'environments' }],
  ofRollout: () => [{ path: ['crew'], name: 'owners' }],
};
/** And to the one after it: a cap of everybody is none. */
const CAP: Step = {
  from: 2,
  to: 3,
  says: 'Drop caps of 100',
  ofConfig: () => [],
  ofRollout: ({ value }) =>
    childOf(value, 'cap') === 100 ? [{ path: ['cap'], value: undefined }] : [],
};
const ALL = [RULES, CREW, CAP];

describe('the rules of a review', () => {
  const CONFIG = `# Ours.
policy:
  rules:
    jump-to-full: warning   # we are few
    untold-segment: 'off'   # flagd compares them
settle: 1m
`;

  it('are called by their new names, and no other byte changes', () => {
    expect(migrated('config', CONFIG, 1, [RULES])).toEqual({
      text: CONFIG.replace('untold-segment', 'segment-unsupported'),
      version: 1,
      says: ['Call rules of the review by their new names'],
    });
  });

  it.each(['{}\n', 'policy: {}\n', 'policy: {rules: [untold-segment]}\n', '# Nothing.\n', ''])(
    'are left where there are none of them: %j',
    (text) => {
      expect(migrated('config', text, 1, [RULES])).toEqual({ text, version: 1, says: [] });
    },
  );

  it('keep both names where a file has both: a person says which one counts', () => {
    const both = 'policy: {rules: {untold-segment: off, segment-unsupported: error}}\n';
    expect(() => migrated('config', both, 1, [RULES])).toThrow(YamlError);
  });
});

describe('a migration', () => {
  it('takes a file through every step from its version on', () => {
    const rollout = 'flag: a\ncrew: [b]   # c\ncap: 100\n';
    expect(migrated('rollout', rollout, 1, ALL)).toEqual({
      text: 'flag: a\nowners: [b]   # c\n',
      version: 3,
      says: ['Call a crew its owners', 'Drop caps of 100'],
    });
    expect(migrated('rollout', rollout, 2, ALL).text).toBe('flag: a\ncrew: [b]   # c\n');
    expect(migrated('rollout', rollout, 3, ALL).text).toBe(rollout);
  });

  it('writes the version that it reaches into the config, where that was raised', () => {
    const { text, version } = migrated('config', '# c\nplaces: [eu]\n', 1, ALL);
    expect([text, version]).toEqual(['# c\nenvironments: [eu]\nversion: 3\n', 3]);
    expect(migrated('config', 'version: 2   # c\n', 2, ALL).text).toBe('version: 3   # c\n');
    expect(migrated('config', '', 1, ALL).text).toBe('version: 3\n');
    expect(migrated('config', '# Nothing yet.', 1, ALL).text).toBe('# Nothing yet.\nversion: 3\n');
  });

  it('of a config is made in memory until somebody makes it', () => {
    expect(migratedConfig('places: [eu]\n', ALL)).toBe('environments: [eu]\nversion: 3\n');
    expect(migratedConfig('places: [\n', ALL)).toBeUndefined();
    expect(migratedConfig('version: no\n', ALL)).toBeUndefined();
  });

  it('is nothing for files of today', () => {
    for (const kind of ['config', 'rollout'] as const) {
      expect(migrated(kind, 'flag: a\n', 1, STEPS).text).toBe('flag: a\n');
    }
  });
});

describe('the steps that there are', () => {
  it('lead from one version to the next, in order', () => {
    const versions = STEPS.map(({ from, to }) => [from, to]);
    expect(versions.every(([from = 0, to = 0]) => to === from || to === from + 1)).toBe(true);
    expect(STEPS.map(({ from }) => from)).toEqual(STEPS.map(({ from }) => from).sort());
  });
});

describe('an edit that is a migration', () => {
  const BEFORE = 'flag: a\ncrew: [b]\ncap: 100\n';

  it.each([
    ['all steps', 'flag: a\nowners: [b]\n'],
    ['some of them', 'flag: a\nowners: [b]\ncap: 100\n'],
    ['the same in another order, with a comment', '# c\nowners: [b]\nflag: a\n'],
    ['the later ones, of a file of their version', 'flag: a\ncrew: [b]\n'],
  ])('is known by what it does: %s', (_, after) => {
    expect(migrationBetween(BEFORE, after, ALL)).toEqual({ raises: true });
  });

  it.each([
    ['nothing', BEFORE],
    ['a comment alone', `# c\n${BEFORE}`],
    ['something else too', 'flag: a\nowners: [b]\ncap: 50\n'],
    ['a key more', 'flag: a\nowners: [b]\ndescription: c\n'],
    ['what cannot be parsed', 'flag: [\n'],
  ])('is not one that does %s', (_, after) => {
    expect(migrationBetween(BEFORE, after, ALL)).toBeUndefined();
    expect(migrationBetween(after, BEFORE, ALL)).toBeUndefined();
  });
});
