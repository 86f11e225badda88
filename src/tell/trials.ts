import { describeNeeds } from '../judge/trials/judge.ts';
import type {
  Comparison,
  ExperimentFigures,
  ExperimentResult,
  ShadowResult,
  TrialVerdict,
} from '../judge/trials/verdict.ts';
import type { Json } from '../model/json.ts';
import { currentStage, type Rollout } from '../model/rollout.ts';
import { oneLine } from '../text.ts';
import { approximateDuration } from '../time.ts';
import { escapeMarkdown } from './markdown.ts';

/** The longest a sentence of a trial gets. */
const LONGEST = 2000;

/**
 * What a trial says, a line each.
 *
 * @param why what is told anyway, and need not be told twice
 */
export function trialLines(trial: TrialVerdict | undefined, why = ''): readonly string[] {
  if (!trial) return [];
  const text = why.includes(trial.text) ? [] : [trial.text];
  return [...text, ...trial.notes].map((line) => oneLine(`${trial.kind}: ${line}`, LONGEST));
}

/** The same as a Markdown list; nothing where there is nothing to say. */
export function trialList(trial: TrialVerdict | undefined, why = ''): readonly string[] {
  const lines = trialLines(trial, why);
  return lines.length === 0
    ? []
    : [lines.map((line) => `- ${escapeMarkdown(line, LONGEST)}`).join('\n')];
}

/** What the trials that are still to be decided take, a sentence each. */
export function trialPlans(rollout: Rollout): readonly string[] {
  const { stages, trials } = rollout;
  return stages.slice(currentStage(rollout)?.index ?? 0).flatMap((stage) => {
    const trial = trials.get(stage.name);
    if (!trial) return [];
    const longest = approximateDuration(stage.maxDuration);
    return [`${stage.name} ${describeNeeds(trial)}; it ends after ${longest} at the latest`];
  });
}

/** A trial for machines. What is not known is null: JSON has neither NaN nor infinity. */
export function trialFields(trial: TrialVerdict | undefined): Json {
  if (!trial) return null;
  const { kind, says, does, text, notes } = trial;
  const said = { kind, says, does, text, notes };
  return trial.kind === 'experiment'
    ? { ...said, metric: trial.metric, ...experimentFields(trial) }
    : { ...said, ...shadowFields(trial) };
}

function experimentFields({ figures }: ExperimentResult): { readonly [key: string]: Json } {
  if (!figures) return {};
  const { verdict, samples, dispersion, minEffect, baseline } = figures;
  const { a, b } = verdict.planned;
  return {
    why: verdict.why,
    samples: { ...samples },
    planned: Number.isFinite(a) && Number.isFinite(b) ? { a, b } : null,
    progress: verdict.progress,
    'min-effect': minEffect,
    baseline: known(baseline),
    dispersion,
    interval: verdict.interval ? { ...verdict.interval } : null,
    comparison: comparisonFields(verdict.comparison),
    others: figures.others.map(({ metric, comparison }) => ({
      metric,
      comparison: comparisonFields(comparison),
    })),
    ...segmentFields(figures),
  };
}

function segmentFields({ segments }: ExperimentFigures): { readonly [key: string]: Json } {
  if (!segments) return {};
  return {
    paradox: segments.paradox,
    segments: segments.segments.map(({ name, significant, opposed, comparison }) => ({
      name,
      significant,
      opposed,
      comparison: comparisonFields(comparison),
    })),
  };
}

function comparisonFields(comparison: Comparison | undefined): Json {
  if (!comparison) return null;
  const { difference, interval, confidence, p } = comparison;
  const levels = comparison.kind === 'proportions' ? comparison.rates : comparison.means;
  return {
    a: levels.a,
    b: levels.b,
    difference,
    low: known(interval.low),
    high: known(interval.high),
    confidence,
    p: p.twoSided,
  };
}

function shadowFields({ figures }: ShadowResult): { readonly [key: string]: Json } {
  if (!figures) return {};
  const { samples, agreement, errorRatio, p95Ratio, rule } = figures;
  return {
    samples,
    agreement: agreement.rate,
    'error-ratio': errorRatio ?? null,
    'p95-ratio': p95Ratio ?? null,
    needed: {
      samples: rule.minSamples,
      agreement: rule.agreement,
      'error-ratio': rule.errorRatio,
      'p95-ratio': rule.p95Ratio,
    },
  };
}

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
