import type { Assessment } from '../decide/assessment.ts';
import { forecast } from '../decide/forecast.ts';
import type { Policy } from '../model/config.ts';
import type { Decision } from '../model/decision.ts';
import { coverage, describeStage, exposureOf } from '../model/exposure.ts';
import { currentStage, type Phase, type Rollout } from '../model/rollout.ts';
import { significant } from '../model/units.ts';
import type { Verdict } from '../model/verdict.ts';
import { oneLine } from '../text.ts';
import { approximateDuration, type Instant } from '../time.ts';
import { formatMoment } from './moment.ts';
import type { Paint } from './paint.ts';
import { trialLines, trialPlans } from './trials.ts';
import { describeVerdict } from './verdicts.ts';

const BAR = 20;

/** How every rollout stands, for a terminal: phase, stage, coverage, health, what comes next and when. */
export function renderStatus(assessments: readonly Assessment[], paint: Paint): string {
  return assessments.map((each) => renderOne(each, paint)).join('\n\n');
}

function renderOne(assessment: Assessment, paint: Paint): string {
  const { rollout, entryStart, verdicts, trial, decision, now } = assessment;
  const at = currentStage(rollout);
  const exposure = exposureOf(rollout);
  const share = exposure ? coverage(exposure) : 0;
  const lists = (exposure?.audiences ?? []).flatMap(({ segments, regions, tiers }) => [
    ...segments,
    ...regions,
    ...tiers,
  ]);
  const who = lists.length > 0 ? ` and ${[...new Set(lists)].join(', ')}` : '';
  const where = at
    ? `${at.stage.name} (${at.index + 1} of ${rollout.stages.length})`
    : (rollout.status.stage ?? 'off');
  const spent =
    at && entryStart !== undefined && entryStart > 0
      ? `, ${approximateDuration(Math.max(0, now - entryStart))} so far`
      : '';
  return [
    `${paint.bold(rollout.key)}  ${phaseIn(rollout.kill ? 'killed' : rollout.status.phase, paint)}  ${paint.dim(oneLine(rollout.description))}`.trimEnd(),
    `  ${bar(share, paint)} ${significant(share)} %${who}  ${where}${spent}`,
    ...verdicts.map((verdict) => `  ${healthOf(verdict, paint)}`),
    ...trialLines(trial, decision.why.text).map((line) => `  ${line}`),
    `  ${paint.dim('next:')} ${oneLine(nextOf(assessment), 2000)}`,
  ].join('\n');
}

function bar(share: number, paint: Paint): string {
  // Anything above nothing shows: one user is not nobody.
  const full = share > 0 ? Math.max(1, Math.round((share / 100) * BAR)) : 0;
  return paint.green('█'.repeat(full)) + paint.dim('░'.repeat(BAR - full));
}

function phaseIn(phase: Phase | 'killed', paint: Paint): string {
  switch (phase) {
    case 'progressing':
    case 'completed':
      return paint.green(phase);
    case 'paused':
    case 'degraded':
      return paint.yellow(phase);
    case 'rolled-back':
    case 'killed':
      return paint.red(phase);
    case 'pending':
      return paint.cyan(phase);
  }
}

/** One check: a mark, its name, and what was found. */
export function healthOf(verdict: Verdict, paint: Paint): string {
  const marks = {
    pass: paint.green('✓'),
    warn: paint.yellow('!'),
    breach: paint.red('✗'),
    insufficient: paint.dim('…'),
    unavailable: paint.magenta('?'),
  } as const;
  return `${marks[verdict.kind]} ${verdict.check.metric.name}: ${describeVerdict(verdict)}`;
}

/** What happens next, and when. */
export function nextOf({ rollout, decision, entryStart, policy, now }: Assessment): string {
  const [next] = forecast(rollout, policy, now, entryStart);
  const stage = next ? `${next.stage.name} (${describeStage(next.stage)})` : undefined;
  switch (decision.kind) {
    case 'start':
    case 'advance':
      return `${decision.to.name} (${describeStage(decision.to)}) at the next tick`;
    case 'complete':
      return 'completed at the next tick';
    case 'rollback':
      return `back to ${decision.to?.name ?? 'off'} at the next tick: ${decision.why.text}`;
    case 'degrade':
      return `the fallback ${rollout.fallback} at the next tick: ${decision.why.text}`;
    case 'pause':
      return `a pause at the next tick: ${decision.why.text}`;
    case 'hold':
      return waitFor(decision, stage ?? 'completion', next?.at, policy);
    default:
      return decision.why.text;
  }
}

/** What a rollout on hold waits for: the goal, when it can be reached, and what stands in between. */
function waitFor(
  { why, until }: Extract<Decision, { kind: 'hold' }>,
  goal: string,
  earliest: Instant | undefined,
  { timezone }: Policy,
): string {
  const at = (moment: Instant | undefined): string =>
    moment === undefined ? '' : ` ${formatMoment(moment, timezone)}`;
  switch (why.code) {
    case 'dwell':
    case 'not-yet-started':
    case 'outside-window':
    case 'frozen':
      return `${goal}${at(earliest ?? until)} at the earliest; ${why.text}`;
    case 'drifted':
      return why.text;
    case 'insufficient':
      return until === undefined
        ? `${goal} is on hold; ${why.text}`
        : `${goal} when there is enough data, or a pause${at(until)}; ${why.text}`;
    case 'trial':
      return `${goal} if the verdict is for it${until === undefined ? '' : `, due by${at(until)}`}; ${why.text}`;
    case 'revert-open':
      return `${until === undefined ? 'back when somebody merges the revert' : `back${at(until)} at the latest`}; ${why.text}`;
    default:
      return `${goal} is on hold; ${why.text}`;
  }
}

/** The dates a rollout will be reached on, a line a stage. */
export function renderForecast(rollout: Rollout, policy: Policy, now: Instant): string {
  const rows = forecast(rollout, policy, now).map(({ stage, at }) => [
    at === undefined ? 'never' : formatMoment(at, policy.timezone),
    stage.name,
    describeStage(stage),
    `at least ${approximateDuration(stage.duration)}`,
  ]);
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [
    ...rows.map((row) =>
      `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd(),
    ),
    ...(rows.length === 0 ? [] : trialPlans(rollout).map((text) => `  ${text}`)),
  ].join('\n');
}
