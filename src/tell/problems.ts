import type { Problem } from '../yaml/problem.ts';
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
      const head = `${paint.bold(`${file}:${at.line}:${at.column}`)} ${mark} ${message} ${paint.dim(code)}`;
      const excerpt = excerptOf(problem, textOf(file), paint);
      return [head, ...excerpt, ...(hint ? [`    ${paint.cyan('→')} ${hint}`] : [])].join('\n');
    })
    .join('\n\n');
}

function excerptOf({ at }: Problem, text: string | undefined, paint: Paint): string[] {
  const line = text?.split(/\r?\n/)[at.line - 1]?.replaceAll('\t', ' ');
  if (line === undefined || line.trim() === '') return [];
  const width = Math.max(1, Math.min(at.end - at.start, line.length - at.column + 1));
  const number = String(at.line);
  const gutter = ' '.repeat(number.length);
  return [
    `    ${paint.dim(`${number} |`)} ${line.slice(0, 160)}`,
    `    ${paint.dim(`${gutter} |`)} ${' '.repeat(Math.max(0, at.column - 1))}${paint.red('^'.repeat(width))}`,
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
