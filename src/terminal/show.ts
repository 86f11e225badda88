import type { ExitCode, View } from '../tell/view.ts';
import { visibleJson } from '../text.ts';
import { type CommonOptions, paintOf } from './options.ts';
import type { Terminal } from './terminal.ts';

/** Prints a view as a person asked for it. */
export function show(view: View, options: CommonOptions, terminal: Terminal): ExitCode {
  const text = options.json ? visibleJson(view.json) : view.text(paintOf(options, terminal));
  terminal.stdout.write(`${text}\n`);
  return view.exit;
}
