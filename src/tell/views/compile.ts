import { exitCodeOf } from '../../decide/outcome.ts';
import { oneLine } from '../../text.ts';
import { escapeMarkdown } from '../markdown.ts';
import type { CompileReport } from '../report.ts';
import { failureFields, problemFields, resultOf } from '../result.ts';
import { problemSection } from '../review.ts';
import { failureSection } from '../summary.ts';
import { count } from '../text.ts';
import type { View } from '../view.ts';

/** What a compilation of the targets wrote, or would write. */
export function compileView(report: CompileReport): View {
  const { changed, commit, failures, problems } = report;
  const line = lineOf(report);
  return {
    text: () =>
      [
        ...failures.map(
          ({ subject, detail }) => `failed ${oneLine(subject)}: ${oneLine(detail, LONGEST)}`,
        ),
        line,
      ].join('\n'),
    markdown: () =>
      [`## Sluice: ${escapeMarkdown(line)}`, ...failureSection(failures)].join('\n\n') +
      problemSection(problems),
    json: resultOf('compile', {
      changed,
      commit: commit ?? null,
      failures: failures.map(failureFields),
      problems: problems.map(problemFields),
    }),
    exit: exitCodeOf(failures),
  };
}

/** A detail is cut where it quotes more than people read. */
const LONGEST = 2000;

function lineOf({ changed, commit, targets, dryRun }: CompileReport): string {
  if (targets === 0) {
    return 'the config has no targets; add `targets: [{type: flagd, path: flags/flagd.json}]`';
  }
  if (changed.length === 0) return `${count(targets, 'target')}, as they should be`;
  const paths = changed.join(', ');
  if (commit !== undefined) return `wrote ${paths}, committed as ${commit.slice(0, 9)}`;
  return `${dryRun ? 'would write' : 'did not write'} ${paths}`;
}
