import type { TargetFile } from '../../generated/files.ts';
import type { TargetConfigOf, TargetType } from '../../model/config.ts';
import type { Report } from '../rollout/parts.ts';

/** The keys of a target that not every type has. */
export type OwnKey = Exclude<keyof TargetFile, 'type' | 'path' | 'environment'>;

/** What else of the config the lines of a target are read by. */
export interface TargetContext {
  readonly environments: readonly string[];
  /** Where its lines are in the config. */
  readonly at: readonly ['targets', number];
  readonly report: Report;
}

/** How the lines of one type of target are read. The type must be known to the schema and to the model. */
export interface TargetReader<Type extends TargetType & TargetFile['type']> {
  /** The keys of its own that it has. Any other is an error, and so is a required one that is absent. */
  readonly keys: { readonly [Key in OwnKey]?: 'required' | 'optional' };
  /** It has one entry for each flag, so it is for one environment. */
  readonly oneEnvironment: boolean;
  /** Several targets may write to its file, each to a part of its own. */
  readonly sharesFile: boolean;
  /** Reads lines whose keys have been checked, and reports what is wrong with their values. */
  read(lines: TargetFile, context: TargetContext): TargetConfigOf<Type>;
}
