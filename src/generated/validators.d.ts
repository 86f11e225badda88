// Made from schema/ by `npm run generate`. Do not edit.

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

interface Validate {
  (value: unknown): boolean;
  errors?: readonly Fault[] | null;
}
export declare const validateRolloutFile: Validate;
export declare const validateConfigFile: Validate;
