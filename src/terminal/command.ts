import type { Command as Program } from 'commander';
import type { CommonOptions } from './options.ts';
import type { Terminal } from './terminal.ts';

/** One command of the terminal: what it is called, what it takes, and what it does. */
export interface TerminalCommand {
  readonly name: string;
  /** What `sluice --help` says of it. */
  readonly description: string;
  /** Adds its arguments and options, beside those that every command has. */
  readonly takes?: (command: Program) => Program;
  /**
   * @param given its arguments, in their order; one that is not given is `undefined`
   * @returns the exit code
   */
  readonly run: (
    given: readonly unknown[],
    options: CommonOptions,
    terminal: Terminal,
  ) => Promise<number>;
}

/** An argument that has to be given; commander has refused a command without it. */
export const text = (argument: unknown): string => String(argument ?? '');

/** An argument that need not be given. */
export const textIf = (argument: unknown): string | undefined =>
  typeof argument === 'string' ? argument : undefined;

/** An argument that may be given several times. */
export const texts = (argument: unknown): readonly string[] =>
  Array.isArray(argument) ? argument.map(String) : [];

/** An option that may be given several times. */
export const some = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];
