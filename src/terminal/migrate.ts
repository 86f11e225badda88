import { type MigratedFile, type MigrateReport, migrate } from '../commands/migrate.ts';
import { exitCodeOf } from '../repository/failures.ts';
import type { Paint } from '../tell/paint.ts';
import { failureFields, resultOf } from '../tell/result.ts';
import { oneLine, visible } from '../text.ts';
import { print } from './commands.ts';
import { type CommonOptions, paintOf, withContext } from './options.ts';
import type { Terminal } from './terminal.ts';

/** What a file quotes is cut where it is more than people read. */
const LONGEST = 2000;
/** A file with more changed lines than this is only named, with their number. */
const LINES = 200;

export async function runMigrate(options: CommonOptions, terminal: Terminal): Promise<number> {
  return withContext(options, terminal, async (context) => {
    const report = await migrate(context);
    if (options.json) print(terminal, resultOf('migrate', fieldsOf(report)));
    else terminal.stdout.write(`${render(report, paintOf(options, terminal))}\n`);
    return exitCodeOf(report.failures);
  });
}

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

function render(report: MigrateReport, paint: Paint): string {
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
