/** A place in a text file: lines and columns count from 1, offsets from 0 in UTF-16 units. */
export interface Location {
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Something wrong, or doubtful, at a place in a file. Everything Sluice says about a file that a
 * person wrote is one of these, whether it ends in a terminal, an annotation or a comment.
 */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Stable and kebab-case: `unknown-key`, `jump-to-full`. Policy rules name it. */
  readonly code: string;
  /** What is wrong, in one sentence without a full stop, naming the field. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Path of the file in its repository. */
  readonly file: string;
  readonly at: Location;
  /** The offending text, as it stands in the file. */
  readonly text?: string;
}

/**
 * A problem before it has a place: rules that judge values name the path, and whoever has the
 * text finds the line and column.
 */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Keys and indices from the top of the file. */
  readonly path: readonly (string | number)[];
  /** Point at the key rather than at its value. */
  readonly atKey?: boolean;
  /** Point at part of the string there, in UTF-16 units of what it loads to. */
  readonly within?: { readonly start: number; readonly end: number };
}
