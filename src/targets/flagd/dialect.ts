import { all, type Dialect, type Logic, variable } from '../entries/audience-logic.ts';

/** Flagd's own operations: https://flagd.dev/reference/custom-operations/. */
export const FLAGD_LOGIC: Dialect = {
  startsWith: (attribute, text) => ({ starts_with: [variable(attribute), text] }),
  endsWith: (attribute, text) => ({ ends_with: [variable(attribute), text] }),
  semver: (attribute, range) => {
    const [, operator = '', version = ''] = RANGE.exec(range) ?? [];
    const compare = (by: string): Logic => ({ sem_ver: [variable(attribute), by, version] });
    // To flagd, ^ and ~ are the same major or minor version, older ones too; before 1.0.0, what
    // npm keeps under ^ is narrower still.
    if (operator === '~') return all([compare('>='), compare('~')]);
    if (operator !== '^') return compare(operator);
    if (version.startsWith('0.0.')) return compare('=');
    return all([compare('>='), compare(version.startsWith('0.') ? '~' : '^')]);
  },
};

const RANGE = /^(\D+?)\s?(\d.*)$/;
