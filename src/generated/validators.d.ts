// Made from schema/ by `npm run generate`. Do not edit.
import type { ConfigFile, RolloutFile } from './files.ts';

/** What a file breaks: an error of ajv's, without what nobody here asks for. */
export interface Fault {
  readonly instancePath: string;
  /** The rule: `required`, `type`, … */
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Only of rules that count or measure. */
  readonly message: string | undefined;
  /** Where the name of a key is what is wrong. */
  readonly propertyName: string | undefined;
}

interface Validate<T> {
  (value: unknown): value is T;
  errors?: readonly Fault[] | null;
}
export declare const validateRolloutFile: Validate<RolloutFile>;
export declare const validateConfigFile: Validate<ConfigFile>;
