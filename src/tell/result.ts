import type { Assessment } from '../decide/assessment.ts';
import { type Move, nameOf } from '../decide/move.ts';
import type { Failure } from '../decide/outcome.ts';
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { Drift, Tested, Verdict } from '../model/verdict.ts';
import { formatInstant } from '../time.ts';
import type { Reply, TickReport } from './report.ts';
import { trialFields } from './trials.ts';

/** Raised when a reader of the result has to change. */
export const RESULT_VERSION = 1;

type Fields = { readonly [key: string]: Json };

/** The result of a command for machines: one JSON value, keys in kebab-case. */
export function resultOf(command: string, fields: Fields): Fields {
  return { 'schema-version': RESULT_VERSION, command, ...fields };
}

export function tickFields(report: TickReport): Fields {
  return {
    now: formatInstant(report.now),
    head: report.head.oid,
    branch: report.head.branch,
    'dry-run': report.dryRun,
    rollouts: report.assessments.map(assessmentFields),
    drifted: driftedOf(report),
    commits: report.outcome.made.map(({ oid, subject, moves }) => ({
      oid,
      subject,
      moves: moves.map(moveFields),
    })),
    reverts: report.outcome.offered.map(({ move, proposal, opened }) => ({
      ...moveFields(move),
      branch: proposal.branch,
      where: proposal.where,
      opened,
      state: proposal.state,
    })),
    waiting: report.waiting.map(({ branch, where }) => ({ branch, where })),
    withdrawn: report.withdrawn.map(({ branch, where }) => ({ branch, where })),
    alarms: report.outcome.alarms,
    failures: report.outcome.failures.map(failureFields),
    notices: report.notices.map((notice) => ({ ...notice })),
    problems: report.problems.map(problemFields),
  };
}

export function assessmentFields(assessment: Assessment): Fields {
  const { rollout, entryStart, verdicts, split, trial, decision } = assessment;
  const { status } = rollout;
  return {
    key: rollout.key,
    flag: rollout.flag,
    environment: rollout.environment,
    file: rollout.file,
    phase: status.phase,
    stage: status.stage ?? null,
    killed: rollout.kill,
    since: entryStart === undefined ? null : formatInstant(entryStart),
    decision: {
      kind: decision.kind,
      code: decision.why.code,
      why: decision.why.text,
      to: 'to' in decision && decision.to ? decision.to.name : null,
      until:
        decision.kind === 'hold' && decision.until !== undefined
          ? formatInstant(decision.until)
          : null,
    },
    verdicts: verdicts.map(verdictFields),
    split: split ? { ...split } : null,
    trial: trialFields(trial),
  };
}

/** Bounds that nothing is known of are null: JSON has no infinity. */
function testedFields({ low, high, since, ...rest }: Tested): Fields {
  return {
    ...rest,
    low: Number.isFinite(low) ? low : null,
    high: Number.isFinite(high) ? high : null,
    since: since === undefined ? null : formatInstant(since),
  };
}

function verdictFields(verdict: Verdict): Fields {
  const { check, evidence, kind } = verdict;
  return {
    metric: check.metric.name,
    verdict: kind,
    reason: kind === 'insufficient' || kind === 'unavailable' ? verdict.reason : null,
    detail: kind === 'unavailable' ? verdict.detail : null,
    unit: check.metric.unit,
    value: evidence.value ?? null,
    control: evidence.control ?? null,
    baseline: evidence.baseline ? { ...evidence.baseline } : null,
    limits: evidence.limits.map((limit) => ({ ...limit })),
    samples: evidence.samples ?? null,
    'control-samples': evidence.controlSamples ?? null,
    tested: (evidence.tested ?? []).map(testedFields),
    'window-seconds': evidence.window / 1000,
    query: evidence.query,
    drift: driftFields(evidence.drift),
    warnings: evidence.warnings,
  };
}

function driftFields(drift: Drift | undefined): Json {
  if (drift === undefined) return null;
  const { level, over, points, against } = drift;
  return {
    level: level ?? null,
    points,
    'over-seconds': over / 1000,
    kind: against?.kind ?? null,
    pinned: against?.pinned ?? null,
    threshold: against?.threshold ?? null,
  };
}

/** The completed rollouts that are no more what they were, by their keys. */
export function driftedOf({ assessments }: TickReport): readonly string[] {
  return assessments
    .filter(({ decision }) => decision.why.code === 'drifted')
    .map(({ rollout }) => rollout.key);
}

function moveFields(move: Move): Fields {
  const { action, why, by } = move;
  const { to, kept } = move.of === 'rollout' ? move : {};
  const evidence = kept && 'path' in kept ? { ...kept } : null;
  return { key: nameOf(move), action, to: to ?? null, why, by: by?.user ?? null, evidence };
}

export const failureFields = (failure: Failure): Fields => ({ ...failure });

export function problemFields({ severity, code, message, hint, file, at, text }: Problem): Fields {
  return {
    severity,
    code,
    message,
    hint: hint ?? null,
    file,
    line: at.line,
    column: at.column,
    text: text ?? null,
  };
}

export function replyFields({ kind, text, next, commit, warnings, standing }: Reply): Fields {
  return {
    outcome: kind,
    text,
    next: next ?? null,
    commit: commit ?? null,
    warnings: warnings ?? [],
    ...(standing ? { rollouts: standing.map(assessmentFields) } : {}),
  };
}
