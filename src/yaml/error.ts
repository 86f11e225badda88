import type { Location } from '../model/problem.ts';

/** Everything that can be wrong with a YAML file before anybody looks at what it says. */
export type YamlErrorCode =
  | 'too-large'
  | 'not-text'
  | 'empty'
  | 'several-documents'
  | 'syntax'
  | 'duplicate-key'
  | 'unsafe-key'
  | 'complex-key'
  | 'unknown-tag'
  | 'not-json'
  | 'cycle'
  | 'too-deep'
  | 'too-many-aliases'
  | 'too-many-nodes'
  | 'edit-refused';

/** The one error of this room. The message is a line that says what is wrong and what to do. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  readonly code: YamlErrorCode;
  readonly at: Location;

  constructor(code: YamlErrorCode, message: string, at: Location) {
    super(message);
    this.code = code;
    this.at = at;
  }
}
