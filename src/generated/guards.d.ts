// Made from schema/ by `npm run generate`. Do not edit.
import type { ConfigFile, RolloutFile } from './files.ts';

export declare function validateRolloutFile(value: unknown): value is RolloutFile;
export declare function validateConfigFile(value: unknown): value is ConfigFile;
