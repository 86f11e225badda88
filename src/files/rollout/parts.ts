import { defined } from '../../defined.ts';
import type {
  Baseline as BaselineFile,
  CheckFile,
  MetricFile,
  Percentage,
  RollbackFile,
} from '../../generated/files.ts';
import type { Baseline, Limits, Unit } from '../../model/check.ts';
import { LimitError, parseLimit, parseLimits } from '../../model/limits.ts';
import type { Finding } from '../../model/problem.ts';
import type { RollbackPolicy } from '../../model/rollout.ts';
import { type Duration, type Instant, MINUTE, parseDuration, parseInstant } from '../../time.ts';

/**
 * Parts that the rollout file and the config share. Readers take values the schema has passed and
 * report what a schema cannot say through `report`, so that one bad line does not hide the next.
 */
export type Report = (finding: Finding) => void;

export type Path = readonly (string | number)[];

export function error(path: Path, code: string, message: string, hint?: string): Finding {
  return { severity: 'error', code, message, path, ...defined({ hint }) };
}

/** A duration the schema has passed. */
export function duration(text: string): Duration {
  return parseDuration(text) ?? 0;
}

/** A percentage the schema has passed: 5, or `5%` for the same. */
export function percentage(written: Percentage | undefined): number | undefined {
  return written === undefined ? undefined : Number.parseFloat(String(written));
}

/** A date the schema has passed, which may still not exist: 30 February. */
export function instant(text: string, path: Path, report: Report): Instant | undefined {
  const value = parseInstant(text);
  if (value === undefined) {
    report(error(path, 'no-such-date', `\`${path.at(-1)}\` is a date that does not exist`));
  }
  return value;
}

/** Limit keys of a check, a metric or a `warn:`. `undefined`, with a finding, where one does not fit. */
export function readLimits(
  file: CheckFile | MetricFile['limits'],
  unit: Unit,
  path: Path,
  report: Report,
): Limits | undefined {
  try {
    return file === undefined ? {} : parseLimits(file, unit);
  } catch (thrown) {
    if (!(thrown instanceof LimitError)) throw thrown;
    const at = thrown.key === undefined ? path : [...path, thrown.key];
    report(error(at, 'bad-limit', thrown.message));
    return undefined;
  }
}

export function readBaseline(
  file: BaselineFile | undefined,
  unit: Unit,
  path: Path,
  report: Report,
): Baseline | undefined {
  if (file === undefined) return undefined;
  if (file === 'control') return { kind: 'control' };
  if (file.offset !== undefined) return { kind: 'offset', by: duration(file.offset) };
  if (file.before_start !== undefined) {
    return { kind: 'before-start', over: duration(file.before_start) };
  }
  try {
    return { kind: 'value', value: parseLimit(file.value ?? Number.NaN, unit) };
  } catch (thrown) {
    if (!(thrown instanceof LimitError)) throw thrown;
    report(error(path, 'bad-limit', thrown.message));
    return undefined;
  }
}

export function readRollback(file: RollbackFile | undefined): Partial<RollbackPolicy> {
  if (file === undefined) return {};
  const { via, to, commit_after: after, auto_merge: autoMerge } = file;
  return {
    ...defined({ via, to }),
    ...(after === undefined ? {} : { commitAfter: after === 'never' ? after : duration(after) }),
    ...defined({ autoMerge }),
  };
}

export const DEFAULT_WINDOW = 10 * MINUTE;
export const DEFAULT_COMMIT_AFTER = 15 * MINUTE;
