import { describe, expect, it } from 'vitest';
import { RENAMED_RULES } from '../../src/files/config/renamed-rules.ts';
import { readConfigFile } from '../../src/files/read.ts';
import { RULES } from '../../src/review/rules.ts';
import { inWords, readConfig } from '../support/files.ts';

const rules = (text: string) => readConfig(`policy: {rules: {${text}}}`);
const renamed = (old: string, now: string) =>
  `renamed-rule at policy.rules.${old}: \`${old}\` is called ${now} now (write the new name; the old one still works)`;

describe('an old name of a rule', () => {
  it.each(Object.entries(RENAMED_RULES))('%s continues to work', (old, now) => {
    const { config, findings } = rules(`${old}: 'off', no-checks: error`);
    const off = Object.fromEntries(now.map((id) => [id, 'off']));
    expect(config?.policy.rules).toEqual({ ...off, 'no-checks': 'error' });
    expect(findings.map(inWords)).toEqual([
      renamed(
        old,
        now
          .map((id) => `\`${id}\``)
          .join(', ')
          .replace(/, (?=[^,]*$)/, ' and '),
      ),
    ]);
    expect(Object.keys(RULES)).not.toContain(old);
  });

  it('is a warning on its line', () => {
    const text = "policy:\n  rules:\n    no-checks: 'off'\n    live-deleted: warning\n";
    const { config, problems } = readConfigFile('.github/sluice.yml', text, {});
    expect(config).toBeDefined();
    expect(problems).toMatchObject([
      { severity: 'warning', code: 'renamed-rule', at: { line: 4, column: 5 } },
    ]);
  });

  it('counts for less than the new one', () => {
    const { config } = rules("untold-segment: 'off', segment-unsupported-by-target: warning");
    expect(config?.policy.rules).toEqual({ 'segment-unsupported-by-target': 'warning' });
  });

  it('keeps its place when its value is wrong, too', () => {
    const { config, findings } = rules('no-way-back: never');
    expect(config).toBeUndefined();
    expect(findings.map(inWords)).toEqual([
      renamed('no-way-back', '`no-rollback-check`'),
      'bad-value at policy.rules.no-way-back: `policy.rules.no-rollback-check` must be one of error, warning, off',
    ]);
  });

  it('sets the rules that reading the config checks', () => {
    const { findings } = readConfig(
      "policy: {advance: {days: [fri]}, rules: {advance-window: 'off'}}",
    );
    expect(findings.map(({ code }) => code)).toEqual(['renamed-rule']);
  });
});
