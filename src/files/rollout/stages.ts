import { defined } from '../../defined.ts';
import type { StageFile } from '../../generated/files.ts';
import type { Stage } from '../../model/rollout.ts';
import { duration, error, type Path, percentage, type Report } from './parts.ts';
import { readTrialSpec, share } from './trial-spec.ts';

/** Stages of a ladder or a rollout. */
export function readStages(
  files: readonly StageFile[],
  path: Path,
  report: Report,
): readonly Stage[] {
  const seen = new Set<string>();
  return files.map((file, index) => {
    const at = [...path, index];
    if (seen.has(file.name)) {
      report(error([...at, 'name'], 'duplicate-stage', `there are two stages \`${file.name}\``));
    }
    seen.add(file.name);
    const longest = file.experiment?.max_duration ?? file.max_duration;
    const stage: Stage = {
      name: file.name,
      ...defined({ percentage: percentage(file.percentage) }),
      segments: file.segments ?? [],
      regions: file.regions ?? [],
      tiers: file.tiers ?? [],
      duration: duration(file.duration),
      ...(file.min_duration === undefined ? {} : { minDuration: duration(file.min_duration) }),
      maxDuration: longest === undefined ? 2 * duration(file.duration) : duration(longest),
      approvals: file.approvals ?? 0,
      shadow: file.shadow !== undefined && file.shadow !== false,
      ...defined({
        mirror: file.mirror === undefined ? undefined : share(file.mirror),
        trial: readTrialSpec(file, at, report),
      }),
    };
    checkStage(stage, at, report);
    return stage;
  });
}

/** Users are put in 100,000 buckets, so a percentage has steps of 0.001. */
const BUCKETS_PER_PERCENT = 1_000;

function checkStage(stage: Stage, at: Path, report: Report): void {
  if (stage.percentage !== undefined) {
    const buckets = stage.percentage * BUCKETS_PER_PERCENT;
    if (Math.abs(buckets - Math.round(buckets)) > 1e-6) {
      report(
        error(
          [...at, 'percentage'],
          'too-fine',
          `${stage.percentage} % is finer than 0.001 %`,
          `use ${Math.round(buckets) / BUCKETS_PER_PERCENT}`,
        ),
      );
    }
    if (stage.shadow && stage.percentage > 0) {
      report(
        error([...at, 'percentage'], 'shadow-exposes', 'a shadow stage exposes nobody', 'use 0'),
      );
    }
  }
  if (stage.minDuration !== undefined && stage.minDuration > stage.duration) {
    report(error([...at, 'min_duration'], 'bad-value', '`min_duration` is longer than `duration`'));
  }
  if (stage.maxDuration < stage.duration) {
    report(
      error([...at, 'max_duration'], 'bad-value', '`max_duration` is shorter than `duration`'),
    );
  }
}
