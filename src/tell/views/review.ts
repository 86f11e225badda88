import type { Config } from '../../model/config.ts';
import type { Problem } from '../../model/problem.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Instant } from '../../time.ts';
import type { Paint } from '../paint.ts';
import { renderProblems, summarise } from '../problems.ts';
import { problemFields, resultOf } from '../result.ts';
import { reviewText } from '../review.ts';
import { renderForecast } from '../status.ts';
import type { View } from '../view.ts';

/** What a review of files found. */
export interface ReviewReport {
  readonly config?: Config | undefined;
  readonly problems: readonly Problem[];
  /** Paths of the files looked at, the config among them where there is one. */
  readonly files: readonly string[];
  readonly rollouts: readonly Rollout[];
  /** The texts, for excerpts. */
  readonly texts: ReadonlyMap<string, string>;
}

/** With more files than this, a plan of each would bury the problems. */
const PLANS = 3;

/** @param configChanged whether the change that is reviewed changes the config too */
export function reviewView(report: ReviewReport, now: Instant, configChanged: boolean): View {
  const { problems, files } = report;
  return {
    text: (paint) => textOf(report, now, paint),
    markdown: () =>
      reviewText({
        ...report,
        files: files.length,
        policy: report.config?.policy,
        now,
        configChanged,
      }),
    json: resultOf('validate', { files, problems: problems.map(problemFields) }),
    exit: problems.some(({ severity }) => severity === 'error') ? 1 : 0,
  };
}

function textOf(
  { problems, rollouts, config, files, texts }: ReviewReport,
  now: Instant,
  paint: Paint,
): string {
  const shown =
    problems.length > 0 ? [renderProblems(problems, (file) => texts.get(file), paint)] : [];
  const plans =
    config && rollouts.length <= PLANS
      ? rollouts.flatMap((rollout) => {
          const plan = renderForecast(rollout, config.policy, now);
          return plan === ''
            ? []
            : [`${paint.bold(rollout.key)} will reach, at the earliest:\n${plan}`];
        })
      : [];
  const end =
    config && files.length === 0
      ? `no file matches ${config.rollouts}, and there is no config; \`sluice init\` writes both`
      : summarise(problems, files.length);
  return [...shown, ...plans, end].join('\n\n');
}
