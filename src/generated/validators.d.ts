// Made from schema/ by `npm run generate`. Do not edit.
import type { ErrorObject } from 'ajv';
import type { ConfigFile, RolloutFile } from './files.ts';

interface Validate<T> {
  (value: unknown): value is T;
  errors?: ErrorObject[] | null;
}
export declare const validateRolloutFile: Validate<RolloutFile>;
export declare const validateConfigFile: Validate<ConfigFile>;
