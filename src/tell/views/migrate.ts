import { exitCodeOf, type Failure } from '../../decide/outcome.ts';
import type { Oid } from '../../model/head.ts';
import { oneLine, visible } from '../../text.ts';
import { type Paint, paintFor } from '../paint.ts';
import { failureFields, resultOf } from '../result.ts';
import type { View } from '../view.ts';

/** Lines of a text that another text has otherwise. */
export interface LineChange {
  /** The first of them in the text before; lines that were only added come before it. */
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** A file that steps changed, or would change. */
export interface MigratedFile {
  readonly path: string;
  readonly text: string;
  /** What the steps did. */
  readonly says: readonly string[];
  readonly changes: readonly LineChange[];
}

export interface MigrateReport {
  /** The version of the format before and after. */
  readonly from: number;
  readonly to: number;
  readonly files: readonly MigratedFile[];
  readonly commit?: Oid | undefined;
  /** If there are any, nothing was written but for what a commit leaves undone. */
  readonly failures: readonly Failure[];
}

/** What a file quotes is cut where it is more than people read. */
const LONGEST = 2000;
/** A file with more changed lines than this is only named, with their number. */
const LINES = 200;

/** What a migration changed in the files, or would change. */
export const migrateView = (report: MigrateReport): View => ({
  text: (paint) => textOf(report, paint),
  markdown: () => `\`\`\`text\n${textOf(report, paintFor(false))}\n\`\`\``,
  json: resultOf('migrate', fieldsOf(report)),
  exit: exitCodeOf(report.failures),
});

const fieldsOf = ({ from, to, files, commit, failures }: MigrateReport) => ({
  from,
  to,
  files: files.map(({ path, says, changes }) => ({
    file: path,
    says,
    changes: changes.map(({ line, removed, added }) => ({ line, removed, added })),
  })),
  commit: commit ?? null,
  failures: failures.map(failureFields),
});

function textOf(report: MigrateReport, paint: Paint): string {
  const { to, files, failures } = report;
  if (files.length === 0 && failures.length === 0) {
    return `nothing to migrate: the config and the rollout files are up to date (format version ${to})`;
  }
  const parts = [
    ...files.map((file) => changesOf(file, paint)),
    ...failures.map(
      ({ subject, detail }) =>
        `${paint.red('failed')} ${oneLine(subject)}: ${oneLine(detail, LONGEST)}`,
    ),
    ...outcomeOf(report),
  ];
  return parts.join('\n\n');
}

function outcomeOf({ commit, failures }: MigrateReport): readonly string[] {
  const same = 'no rollout moves, and no stage starts over';
  if (commit !== undefined) return [`committed as ${commit.slice(0, 9)}: ${same}`];
  if (failures.length === 0) return [`nothing was written (--dry-run); as a commit: ${same}`];
  // A commit without an answer may have been made.
  const isUnknown = failures.some(({ code }) => code === 'commit-unanswered');
  return isUnknown ? [] : ['nothing was written'];
}

function changesOf({ path, says, changes }: MigratedFile, paint: Paint): string {
  const lines = changes.flatMap(({ line, removed, added }) => [
    paint.dim(`  line ${line}`),
    ...removed.map((text) => paint.red(`  - ${visible(text)}`)),
    ...added.map((text) => paint.green(`  + ${visible(text)}`)),
  ]);
  const shown = lines.length > LINES ? [`  ${lines.length} lines`] : lines;
  return [paint.bold(oneLine(path)), ...says.map((each) => `  ${each}.`), ...shown].join('\n');
}
