import type { Assessment } from '../../decide/assessment.ts';
import type { Head } from '../../model/head.ts';
import type { Problem } from '../../model/problem.ts';
import { oneLine, visible } from '../../text.ts';
import { formatInstant, type Instant } from '../../time.ts';
import type { Paint } from '../paint.ts';
import { assessmentFields, problemFields, resultOf } from '../result.ts';
import { renderStatus } from '../status.ts';
import { statusTable } from '../summary.ts';
import type { View } from '../view.ts';

/** How rollouts stand. */
export interface StatusReport {
  readonly now: Instant;
  readonly head: Head;
  readonly assessments: readonly Assessment[];
  /** Files that are invalid, with what is wrong there. */
  readonly invalid: readonly { readonly path: string; readonly problems: readonly Problem[] }[];
  /** The errors of the config in lines, and what is done and what is not until they are fixed. */
  readonly badConfig?: { readonly text: string; readonly problems: readonly Problem[] } | undefined;
  /** What the rollout files are called. */
  readonly glob: string;
}

export function statusView(report: StatusReport): View {
  const { now, head, assessments, invalid, badConfig } = report;
  const problems = [...(badConfig?.problems ?? []), ...invalid.flatMap((file) => file.problems)];
  return {
    text: (paint) => textOf(report, paint),
    markdown: () => statusTable(assessments),
    json: resultOf('status', {
      now: formatInstant(now),
      head: head.oid,
      rollouts: assessments.map(assessmentFields),
      problems: problems.map(problemFields),
    }),
    exit: badConfig ? 2 : 0,
  };
}

function textOf(
  { head, assessments, invalid, badConfig, glob }: StatusReport,
  paint: Paint,
): string {
  const parts = [
    ...(badConfig ? [paint.red(visible(badConfig.text))] : []),
    renderStatus(assessments, paint),
    ...invalid.map(
      ({ path, problems }) =>
        `${paint.bold(oneLine(path))}  ${paint.red('invalid')}\n  ${problems[0]?.message ?? ''}; \`sluice validate\` shows where`,
    ),
  ].filter((part) => part !== '');
  const none = `no rollouts: no file matches ${glob} on ${head.branch}; \`sluice init\` writes an example`;
  return parts.join('\n\n') || none;
}
