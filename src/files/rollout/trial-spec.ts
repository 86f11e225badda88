import { defined } from '../../defined.ts';
import type { ExperimentFile, ShadowFile, StageFile } from '../../generated/files.ts';
import type { ExperimentSpec, ShadowSpec, TrialSpec } from '../../model/trial.ts';
import { error, type Path, type Report } from './parts.ts';

/** What a stage is to find out, as it is written; the metrics are looked up for each rollout. */
export function readTrialSpec(file: StageFile, at: Path, report: Report): TrialSpec | undefined {
  const { experiment, shadow, mirror } = file;
  const mirrored = shadow !== undefined && shadow !== false;
  if (experiment !== undefined && mirrored) {
    const message = 'nobody sees the treatment of a shadow stage, so it cannot be an experiment';
    report(error([...at, 'experiment'], 'bad-value', message, 'put it into a stage of its own'));
  }
  if (mirror !== undefined && (!mirrored || share(mirror) === 0)) {
    const message = mirrored
      ? 'a shadow that is given no requests shows nothing'
      : 'only a shadow stage mirrors requests';
    report(error([...at, 'mirror'], 'bad-value', message));
  }
  if (experiment?.max_duration !== undefined && file.max_duration !== undefined) {
    const message = 'the longest time is given twice';
    report(error([...at, 'max_duration'], 'bad-value', message, 'keep the one of the experiment'));
  }
  if (experiment !== undefined) return experimentSpec(experiment);
  return typeof shadow === 'object' ? shadowSpec(shadow) : undefined;
}

/** `10%` as 0.1; the schema has passed it. */
export const share = (text: string): number => Number.parseFloat(text) / 100;

function experimentSpec(file: ExperimentFile): ExperimentSpec {
  return {
    kind: 'experiment',
    metrics: file.metrics,
    segments: Object.entries(file.segments ?? {}),
    minEffect: file.min_effect,
    ...defined({ better: file.better }),
    confidence: share(file.confidence ?? '95%'),
    power: share(file.power ?? '80%'),
    onTie: file.on_tie ?? 'pause',
    onInconclusive: file.on_inconclusive ?? 'pause',
  };
}

function shadowSpec(file: ShadowFile): ShadowSpec {
  const { agreement, latency, errors } = file;
  return {
    kind: 'shadow',
    agreement,
    latency,
    errors,
    rule: {
      ...defined({
        minSamples: file.min_samples,
        agreement: file.min_agreement === undefined ? undefined : share(file.min_agreement),
        p95Ratio: file.max_latency_ratio,
        errorRatio: file.max_error_ratio,
      }),
    },
  };
}
