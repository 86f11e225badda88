import type { ArmInspected, Level, Traffic } from '../../judge/inspect.ts';
import type { Check } from '../../model/check.ts';
import type { Head } from '../../model/head.ts';
import type { Problem } from '../../model/problem.ts';
import { currentStage, type Rollout } from '../../model/rollout.ts';
import { formatValue, significant } from '../../model/units.ts';
import type { InsufficientReason, Verdict } from '../../model/verdict.ts';
import { oneLine } from '../../text.ts';
import { approximateDuration, DAY, formatInstant, type Instant } from '../../time.ts';
import { type Paint, paintFor } from '../paint.ts';
import { problemFields, resultOf } from '../result.ts';
import { count, wrap } from '../text.ts';
import { describeVerdict } from '../verdicts.ts';
import type { View } from '../view.ts';

/** One check of a rollout, and what its provider has. */
export interface CheckInspected {
  readonly check: Check;
  readonly arms: readonly ArmInspected[];
  /** What a tick makes of it; absent where nobody is exposed. */
  readonly verdict?: Verdict | undefined;
  readonly traffic?: Traffic | undefined;
}

export interface CheckReport {
  readonly now: Instant;
  readonly head: Head;
  readonly problems: readonly Problem[];
  readonly rollouts: readonly {
    readonly rollout: Rollout;
    readonly checks: readonly CheckInspected[];
  }[];
}

/** What every query of some rollouts finds now. */
export const checkView = (report: CheckReport): View => ({
  text: (paint) => textOf(report, paint),
  markdown: () => `\`\`\`text\n${textOf(report, paintFor(false))}\n\`\`\``,
  json: resultOf('check', fieldsOf(report)),
  exit: report.rollouts.some(({ checks }) => checks.some(isUnseen)) ? 1 : 0,
});

/** Reasons that no patience cures: what is asked for is not there. */
const UNSEEN: readonly InsufficientReason[] = [
  'no-data',
  'no-buckets',
  'nan',
  'infinite',
  'silent-treatment',
  'silent-control',
  'never-seen',
  'vanished',
  'too-good',
];

/** Whether a check cannot be judged as things are. */
function isUnseen({ arms, verdict }: CheckInspected): boolean {
  const missing = arms.some(({ kind }) => kind !== 'seen');
  return missing || (verdict?.kind === 'insufficient' && UNSEEN.includes(verdict.reason));
}

const WIDTH = 80;
const INDENT = '    ';

const indented = (lines: string): string => `${INDENT}${lines.replaceAll('\n', `\n${INDENT}`)}`;

function textOf({ rollouts, now }: CheckReport, paint: Paint): string {
  if (rollouts.length === 0) return 'there are no rollouts to check';
  const parts = rollouts.map(({ rollout, checks }) =>
    [
      `${paint.bold(rollout.key)}  ${whereOf(rollout)}`,
      ...(checks.length === 0 ? ['  it has no checks'] : []),
      ...checks.map((each) => inspected(each, now, paint)),
    ].join('\n'),
  );
  const all = rollouts.flatMap(({ checks }) => checks);
  const unseen = all.filter(isUnseen).length;
  const sum =
    unseen === 0
      ? `${count(all.length, 'check')}: each has an answer`
      : `${count(unseen, 'check')} of ${all.length} cannot be judged`;
  return [...parts, sum].join('\n\n');
}

function whereOf(rollout: Rollout): string {
  const stage = currentStage(rollout)?.stage.name;
  const [first] = rollout.stages;
  const { phase } = rollout.status;
  if (rollout.kill) return 'killed';
  if (stage !== undefined) return `${phase} in ${stage}`;
  return first ? `${phase}; its first stage is ${first.name}` : phase;
}

function inspected(one: CheckInspected, now: Instant, paint: Paint): string {
  const { check, arms, verdict, traffic } = one;
  const mark = isUnseen(one) ? paint.red('✗') : paint.green('✓');
  const lines = [
    ...arms.map((arm) => `${arm.arm}: ${describeArm(arm, check, now)}`),
    ...(verdict ? [`verdict: ${verdict.kind}. ${describeVerdict(verdict)}`] : []),
    ...(traffic ? [describeTraffic(traffic)] : []),
  ].map((line) => indented(wrap(oneLine(line, 1000), WIDTH - INDENT.length, '  ')));
  // A query is copied from here: it stays in one piece.
  const queries = [...new Set(arms.flatMap((arm) => arm.queries))].map(
    (query) => `${INDENT}${paint.dim(oneLine(query, 2000))}`,
  );
  return [`  ${mark} ${check.metric.name}`, ...lines, ...queries].join('\n');
}

function describeArm(arm: ArmInspected, { metric }: Check, now: Instant): string {
  switch (arm.kind) {
    case 'unavailable':
      return `no answer (${arm.reason}): ${arm.detail}`;
    case 'empty':
      return 'nothing in the last day; check the query and its labels';
    case 'seen': {
      const level = ({ value, samples }: Level): string => {
        const shown = value === undefined ? 'no number' : formatValue(value, metric.unit);
        return samples === undefined ? shown : `${shown} of ${significant(samples)}`;
      };
      const age = approximateDuration(Math.max(0, now - arm.newest));
      const unmatched = arm.unmatched.map((query) => `; no series matches ${query}`).join('');
      return `${level(arm.day)} in the last day, ${level(arm.hour)} in the last hour, newest ${age} ago${unmatched}`;
    }
  }
}

function describeTraffic({ stage, samples, takes }: Traffic): string {
  const needed = `${count(samples, 'sample')} in ${stage}`;
  return takes === undefined
    ? `needs ${needed}: there is no traffic to go by`
    : `needs ${needed}: ${takes < DAY / 24 ? 'within the hour' : `about ${approximateDuration(takes)}`} at the last day's traffic`;
}

const fieldsOf = ({ now, head, rollouts, problems }: CheckReport) => ({
  now: formatInstant(now),
  head: head.oid,
  rollouts: rollouts.map(({ rollout, checks }) => ({
    key: rollout.key,
    phase: rollout.status.phase,
    stage: rollout.status.stage ?? null,
    checks: checks.map((each) => ({
      metric: each.check.metric.name,
      unit: each.check.metric.unit,
      seen: !isUnseen(each),
      verdict: each.verdict?.kind ?? null,
      'samples-needed': each.traffic?.samples ?? null,
      'takes-seconds': each.traffic?.takes === undefined ? null : each.traffic.takes / 1000,
      arms: each.arms.map((arm) => ({
        arm: arm.arm,
        variant: arm.variant,
        queries: arm.queries,
        state: arm.kind,
        reason: arm.kind === 'unavailable' ? arm.reason : null,
        detail: arm.kind === 'unavailable' ? arm.detail : null,
        day: arm.kind === 'seen' ? levelFields(arm.day) : null,
        hour: arm.kind === 'seen' ? levelFields(arm.hour) : null,
        newest: arm.kind === 'seen' ? formatInstant(arm.newest) : null,
        unmatched: arm.kind === 'seen' ? arm.unmatched : [],
      })),
    })),
  })),
  problems: problems.map(problemFields),
});

const levelFields = ({ value, samples }: Level) => ({
  value: value ?? null,
  samples: samples ?? null,
});
