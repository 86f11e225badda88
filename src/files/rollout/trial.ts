import type { Change, Limits, Metric, Proportion } from '../../model/check.ts';
import type { Config } from '../../model/config.ts';
import { LimitError, parseChange } from '../../model/limits.ts';
import { missingLabels, templatesOf } from '../../model/metric-queries.ts';
import { isTargeted, kindOf, type Stage } from '../../model/rollout.ts';
import { didYouMean } from '../../model/suggest.ts';
import { placeholders } from '../../model/template.ts';
import type {
  Comparable,
  Experiment,
  ExperimentSpec,
  ShadowSpec,
  ShadowTrial,
  Trial,
} from '../../model/trial.ts';
import { error, type Path, type Report } from './parts.ts';

interface TrialContext {
  readonly config: Config;
  readonly labels: Readonly<Record<string, string>>;
  /** Where the stages are written: in the file, or in a ladder by name. */
  readonly inline: boolean;
  readonly report: Report;
}

/** The trials of a rollout's stages, by the names of the stages. */
export function readTrials(
  stages: readonly Stage[],
  context: TrialContext,
): ReadonlyMap<string, Trial> {
  const trials = new Map<string, Trial>();
  stages.forEach((stage, index) => {
    const { trial: spec } = stage;
    if (spec === undefined) return;
    const at = context.inline ? ['stages', index, spec.kind] : ['stages'];
    const trial =
      spec.kind === 'experiment'
        ? readExperiment(spec, stages, index, new Metrics(context, at))
        : readShadow(spec, new Metrics(context, at));
    if (trial) trials.set(stage.name, trial);
  });
  return trials;
}

/** Metrics of the config as one trial wants them; what does not fit is reported. */
class Metrics {
  constructor(
    private readonly context: TrialContext,
    private readonly at: Path,
  ) {}

  say(code: string, message: string, hint?: string): undefined {
    this.context.report(error(this.at, code, message, hint));
  }

  /** @param arms whether the metric must tell the variants apart */
  of(name: string, arms = true): Metric | undefined {
    const { config, labels } = this.context;
    const known = Object.keys(config.metrics);
    const metric = Object.hasOwn(config.metrics, name) ? config.metrics[name] : undefined;
    if (!metric) {
      return this.say('unknown-metric', `there is no metric \`${name}\``, didYouMean(name, known));
    }
    for (const label of missingLabels(metric, labels)) {
      const hint = `add \`labels: {${label}: …}\` to the rollout`;
      this.say('missing-label', `the query of \`${name}\` wants the label \`${label}\``, hint);
    }
    if (arms && !templatesOf(metric).every((text) => placeholders(text).includes('variant'))) {
      const hint = 'write `{{variant}}` where the query names the variant';
      return this.say('same-arms', `\`${name}\` does not tell the variants apart`, hint);
    }
    return metric;
  }

  comparable(name: string): Comparable | undefined {
    const metric = this.of(name);
    if (!metric || metric.kind === 'proportion' || metric.kind === 'mean') return metric;
    const hint = 'take a proportion or a mean; what others must keep to is for `checks`';
    return this.say('wrong-metric', `an experiment cannot compare a ${metric.kind}`, hint);
  }

  proportion(name: string, arms = true): Proportion | undefined {
    const metric = this.of(name, arms);
    if (!metric || metric.kind === 'proportion') return metric;
    const message = `\`${name}\` is a ${metric.kind} where a proportion is wanted`;
    return this.say('wrong-metric', message, 'give the metric `events` and `total`');
  }
}

function readExperiment(
  spec: ExperimentSpec,
  stages: readonly Stage[],
  index: number,
  metrics: Metrics,
): Experiment | undefined {
  const stage = stages[index];
  const ratio = ratioAt(stages, index);
  if (!stage || kindOf(stage) !== 'randomised' || ratio === undefined) {
    const message = `\`${stage?.name}\` has no control to compare with`;
    const hint = 'give the stage a `percentage` above 0 and below 100, such as 50';
    return metrics.say('no-control', message, hint);
  }
  const [first = '', ...rest] = spec.metrics;
  const metric = metrics.comparable(first);
  const others = rest.flatMap((name) => metrics.comparable(name) ?? []);
  const segments = spec.segments.flatMap(([name, of]) => {
    const apart = metrics.comparable(of);
    if (!apart || !metric || apart.kind === metric.kind)
      return apart ? [{ name, metric: apart }] : [];
    metrics.say(
      'wrong-metric',
      `\`${of}\` is a ${apart.kind} and \`${metric.name}\` a ${metric.kind}`,
      'a segment is compared as the whole is',
    );
    return [];
  });
  if (!metric) return undefined;
  const minEffect = readEffect(spec.minEffect, metric, metrics);
  const better = spec.better ?? betterBy(metric.limits);
  if (!better) {
    metrics.say(
      'which-is-better',
      `whether more of \`${metric.name}\` is better cannot be told from its limits`,
      'add `better: more` or `better: less` to the experiment',
    );
  }
  if (!minEffect || !better) return undefined;
  const { confidence, power, onTie, onInconclusive } = spec;
  const how = { minEffect, better, confidence, power, onTie, onInconclusive, ratio };
  return { kind: 'experiment', metric, others, segments, ...how };
}

/** Users in B for each in A: exposure only grows, so an earlier, larger share is still in. */
function ratioAt(stages: readonly Stage[], index: number): number | undefined {
  const own = stages[index];
  const shares = stages
    .slice(0, index + 1)
    .filter((stage) => stage === own || (!stage.shadow && !isTargeted(stage)))
    .map(({ percentage = 100 }) => percentage / 100);
  const b = Math.max(...shares);
  return b > 0 && b < 1 ? b / (1 - b) : undefined;
}

function readEffect(
  written: number | string,
  { name, unit }: Metric,
  metrics: Metrics,
): Change | undefined {
  try {
    const change = parseChange(written, unit);
    return change.by > 0
      ? change
      : metrics.say('bad-limit', 'min_effect: a difference of nothing takes for ever to find');
  } catch (thrown) {
    if (!(thrown instanceof LimitError)) throw thrown;
    return metrics.say('bad-limit', `min_effect of \`${name}\`: ${thrown.message}`);
  }
}

/** Limits keep a metric from getting worse. */
function betterBy(limits: Limits): Experiment['better'] | undefined {
  const less = limits.max ?? limits.maxIncrease ?? limits.maxRatio;
  const more = limits.min ?? limits.maxDecrease;
  if ((less === undefined) === (more === undefined)) return undefined;
  return less === undefined ? 'more' : 'less';
}

function readShadow(spec: ShadowSpec, metrics: Metrics): ShadowTrial | undefined {
  const agreement = metrics.proportion(spec.agreement, false);
  const errors = metrics.proportion(spec.errors);
  const latency = metrics.of(spec.latency);
  if (!agreement || !errors || !latency) return undefined;
  const bucketed = latency.kind === 'distribution' && latency.from.kind === 'buckets';
  if (latency.kind !== 'gauge' && !bucketed) {
    const message = `no 95th percentile can be told from \`${latency.name}\``;
    const hint = 'take a distribution with `buckets`, or a gauge of the percentile';
    return metrics.say('wrong-metric', message, hint);
  }
  return { kind: 'shadow', agreement, errors, latency, rule: spec.rule };
}
