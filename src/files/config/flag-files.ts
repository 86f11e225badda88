import { defined } from '../../defined.ts';
import type { TargetFile } from '../../generated/files.ts';
import type { TargetConfigOf } from '../../model/config.ts';
import type { TargetReader } from './target-reader.ts';

/** A file of entries by flag and environment, for services that decide themselves. */
export const JSON_FILE: TargetReader<'json'> = {
  keys: {},
  oneEnvironment: false,
  sharesFile: false,
  read: (lines) => ({ type: 'json', ...flagFile(lines) }),
};

/** A file that another system evaluates: it asks by flag alone. */
const EVALUATED = {
  keys: { attributes: 'optional' },
  oneEnvironment: true,
  sharesFile: false,
} as const;

export const FLAGD_FILE: TargetReader<'flagd'> = {
  ...EVALUATED,
  read: (lines) => ({ type: 'flagd', ...evaluatedFile(lines) }),
};

export const GO_FEATURE_FLAG_FILE: TargetReader<'go-feature-flag'> = {
  ...EVALUATED,
  read: (lines) => ({ type: 'go-feature-flag', ...evaluatedFile(lines) }),
};

const flagFile = ({ path, environment }: TargetFile) =>
  ({ holds: 'flags', path, ...defined({ environment }) }) as const;

const evaluatedFile = (
  lines: TargetFile,
): Omit<TargetConfigOf<'flagd' | 'go-feature-flag'>, 'type'> => ({
  ...flagFile(lines),
  ...defined({ attributes: lines.attributes }),
});
