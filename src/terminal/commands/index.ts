import type { TerminalCommand } from '../command.ts';
import { check } from './check.ts';
import { compile } from './compile.ts';
import { importFlagFile } from './import.ts';
import { init } from './init.ts';
import { migrate } from './migrate.ts';
import { reconcile } from './reconcile.ts';
import { respond } from './respond.ts';
import { simulate } from './simulate.ts';
import { status } from './status.ts';
import { validate } from './validate.ts';

/** Every command of the terminal, in the order of its help. */
export const COMMANDS: readonly TerminalCommand[] = [
  validate,
  reconcile,
  respond,
  compile,
  status,
  check,
  simulate,
  init,
  importFlagFile,
  migrate,
];
