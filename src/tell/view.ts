import type { Json } from '../model/json.ts';
import type { Paint } from './paint.ts';

/** Done; something was left undone; bad usage or config. */
export type ExitCode = 0 | 1 | 2;

/** What one command says, in every form that a door may ask for. Doors print it and say no more. */
export interface View {
  /** For a terminal or a log; without a line break at its end. */
  text(paint: Paint): string;
  /** For a job summary or a comment. */
  markdown(): string;
  /** For machines: one value, keys in kebab-case. */
  readonly json: { readonly [key: string]: Json };
  readonly exit: ExitCode;
}
