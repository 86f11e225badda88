import { exitCodeOf } from '../../decide/outcome.ts';
import type { TickReport } from '../report.ts';
import { resultOf, tickFields } from '../result.ts';
import { problemSection } from '../review.ts';
import { tickSummary } from '../summary.ts';
import { renderTick } from '../tick.ts';
import type { View } from '../view.ts';

/** What a tick did and why. */
export const tickView = (report: TickReport): View => ({
  text: (paint) => renderTick(report, paint),
  markdown: () => tickSummary(report) + problemSection(report.problems),
  json: resultOf('reconcile', tickFields(report)),
  exit: exitCodeOf(report.outcome.failures),
});
