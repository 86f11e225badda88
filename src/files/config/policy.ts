import { defined } from '../../defined.ts';
import type { PolicyFile } from '../../generated/files.ts';
import type { AdvanceWindow, Freeze, Hours, Pace, Policy } from '../../model/config.ts';
import { asFindings } from '../../model/review-rule.ts';
import type { Risk } from '../../model/rollout.ts';
import { instantOf, isTimezone } from '../../model/zone.ts';
import { parseInstant } from '../../time.ts';
import { duration, error, type Report } from '../rollout/parts.ts';
import { DEFAULT_CONFIG } from './defaults.ts';
import { advanceOutOfHours } from './rules.ts';

/** Reads `policy:`; dates alone are days in the policy's time zone. */
export function readPolicy(file: PolicyFile | undefined, report: Report): Policy {
  const defaults = DEFAULT_CONFIG.policy;
  if (file === undefined) return defaults;
  const timezone = readTimezone(file.timezone ?? defaults.timezone, report);
  const advance = {
    days: file.advance?.days ?? defaults.advance.days,
    hours:
      file.advance?.hours === undefined ? defaults.advance.hours : readHours(file.advance.hours),
  };
  reviewWindow(file, advance, report);
  return {
    timezone,
    advance,
    freezes: readFreezes(file, timezone, report),
    risk: {
      low: readPace('low', file),
      medium: readPace('medium', file),
      high: readPace('high', file),
    },
    rules: file.rules ?? {},
    confidence:
      file.confidence === undefined
        ? defaults.confidence
        : Number.parseFloat(file.confidence) / 100,
    onBlind: file.on_blind ?? defaults.onBlind,
    onMismatch: file.on_mismatch ?? defaults.onMismatch,
    ...defined({ signers: file.signers }),
  };
}

function readTimezone(timezone: string, report: Report): string {
  if (isTimezone(timezone)) return timezone;
  report(
    error(
      ['policy', 'timezone'],
      'unknown-timezone',
      `there is no time zone \`${timezone}\``,
      'use an IANA name such as Europe/Berlin or America/New_York',
    ),
  );
  return 'UTC';
}

const LATE = 18 * 60;

/** A window that ends the week or the day late is allowed, and reported. */
function reviewWindow(file: PolicyFile, { days, hours }: AdvanceWindow, report: Report): void {
  const warn = (key: string, message: string): void => {
    const found = { path: ['policy', 'advance', key], message };
    for (const finding of asFindings(advanceOutOfHours, [found], { rules: file.rules ?? {} })) {
      report(finding);
    }
  };
  const weekend = days.filter((day) => ['fri', 'sat', 'sun'].includes(day));
  if (weekend.length > 0) {
    warn('days', `flags may advance on ${weekend.join(', ')}, before or when nobody is at work`);
  }
  if (hours.to > LATE || hours.to <= hours.from) warn('hours', 'flags may advance late in the day');
}

function readHours(text: string): Hours {
  const [from, to] = text.split('-').map((time) => {
    const [hours, minutes] = time.split(':').map(Number);
    return (hours ?? 0) * 60 + (minutes ?? 0);
  });
  return { from: from ?? 0, to: to ?? 0 };
}

function readFreezes(file: PolicyFile, timezone: string, report: Report): readonly Freeze[] {
  return (file.freezes ?? []).map(({ from, to, reason }, index) => {
    const freeze = {
      from: readDay(from, timezone, 0),
      // "to: 2027-01-03" means until that day is over.
      to: readDay(to, timezone, 1),
      ...defined({ reason }),
    };
    for (const [key, value] of [
      ['from', freeze.from],
      ['to', freeze.to],
    ] as const) {
      if (Number.isNaN(value)) {
        report(
          error(
            ['policy', 'freezes', index, key],
            'no-such-date',
            `\`${key}\` is a date that does not exist`,
          ),
        );
      }
    }
    if (freeze.to <= freeze.from) {
      report(error(['policy', 'freezes', index, 'to'], 'bad-value', '`to` is before `from`'));
    }
    return freeze;
  });
}

/** A date alone is midnight in the time zone, `later` days on; a date with a time is that moment. */
function readDay(text: string, timezone: string, later: number): number {
  const instant = parseInstant(text);
  if (instant === undefined) return Number.NaN;
  if (text.length > 'YYYY-MM-DD'.length) return instant;
  const [year = 0, month = 1, day = 1] = text.split('-').map(Number);
  return instantOf({ year, month: month - 1, date: day + later }, 0, timezone);
}

function readPace(risk: Risk, file: PolicyFile): Pace {
  const defaults = DEFAULT_CONFIG.policy.risk[risk];
  const pace = file.risk?.[risk];
  return {
    totalDuration:
      pace?.total_duration === undefined ? defaults.totalDuration : duration(pace.total_duration),
    stageDuration:
      pace?.stage_duration === undefined ? defaults.stageDuration : duration(pace.stage_duration),
    approvals: pace?.approvals ?? defaults.approvals,
  };
}
