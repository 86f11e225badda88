import type { Problem } from '../model/problem.ts';
import { oneLine, visible } from '../text.ts';
import type { Paint } from './paint.ts';
import { count } from './text.ts';

/**
 * Problems for a terminal, as compilers print them: place, what is wrong, the line with a mark
 * under the text that offends, and what to do.
 *
 * @param textOf the text of a file, for the line to show
 */
export function renderProblems(
  problems: readonly Problem[],
  textOf: (file: string) => string | undefined,
  paint: Paint,
): string {
  return problems
    .map((problem) => {
      const { severity, code, message, hint, file, at } = problem;
      const mark = severity === 'error' ? paint.red('error') : paint.yellow('warning');
      const head = `${paint.bold(`${oneLine(file)}:${at.line}:${at.column}`)} ${mark} ${message} ${paint.dim(code)}`;
      const excerpt = excerptOf(problem, textOf(file), paint);
      return [head, ...excerpt, ...(hint ? [`    ${paint.cyan('→')} ${hint}`] : [])].join('\n');
    })
    .join('\n\n');
}

/** As much of a line as is shown; with more, the part around the text that offends. */
const WIDTH = 160;
const BEFORE = 60;

function excerptOf({ at }: Problem, text: string | undefined, paint: Paint): string[] {
  const line = text?.split(/\r\n|\r|\n/)[at.line - 1];
  if (line === undefined || line.trim() === '') return [];
  const column = at.column - 1;
  const from = line.length <= WIDTH ? 0 : Math.max(0, column - BEFORE);
  // What does not show becomes one space each, so that the mark stands where it should.
  const shown = [...line.slice(from, from + WIDTH)].map((each) => visible(each)).join('');
  const width = Math.max(
    1,
    Math.min(at.end - at.start, from + WIDTH - column, line.length - column),
  );
  const number = String(at.line);
  const gutter = ' '.repeat(number.length);
  return [
    `    ${paint.dim(`${number} |`)} ${shown}`,
    `    ${paint.dim(`${gutter} |`)} ${' '.repeat(Math.max(0, column - from))}${paint.red('^'.repeat(width))}`,
  ];
}

/** `2 errors and 1 warning in 3 files`. */
export function summarise(problems: readonly Problem[], files: number): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  if (problems.length === 0) return `${count(files, 'file')} checked, nothing to say`;
  const parts = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  return `${parts.join(' and ')} in ${count(files, 'file')}`;
}
