import { randomUUID } from 'node:crypto';
import * as core from '@actions/core';
import { visible } from '../text.ts';

/** Both ways to write a workflow command: `::name::` begins a line, `##[name]` is anywhere in one. */
const COMMAND = /^[^\S\r\n\u2028\u2029]*::|##\[/m;

/**
 * Prints text from outside. The runner looks for commands in every line that is printed; it takes
 * none from this one, and whoever reads the log in a terminal is shown what was written.
 */
export function print(outside: string): void {
  const text = visible(outside);
  if (!COMMAND.test(text)) {
    core.info(text);
    return;
  }
  const resume = randomUUID();
  core.info(`::stop-commands::${resume}`);
  core.info(text);
  core.info(`::${resume}::`);
}
