import type { Claim } from '../model/claim.ts';
import type { RepositoryFile } from '../model/repository-file.ts';
import type { Rollout } from '../model/rollout.ts';

/** A rollout file as a target sees it: one that is valid, or one whose last good form must stand. */
export type Source =
  | { readonly kind: 'valid'; readonly rollout: Rollout }
  | (Claim & {
      readonly kind: 'invalid';
      /** Path of the rollout file. */
      readonly file: string;
      /** `kill: true` is obeyed even where the rest of the file is invalid. */
      readonly killed: boolean;
      /** The variant that everybody gets then, as far as the file still says. */
      readonly control: string;
    });

/** The files a target wants to be there, and what it could not express. */
export interface Compiled {
  readonly files: readonly RepositoryFile[];
  readonly problems: readonly string[];
}

/**
 * How exposure reaches users. Pure: rollouts and the file that stands → the file that should, or
 * none where what stands is to stay.
 * Compiling twice gives the same bytes.
 */
export interface Target {
  readonly path: string;
  /** Whether a rollout reaches users by this target, or by another one alone. */
  holds(source: Source): boolean;
  compile(sources: readonly Source[], standing: string | undefined): Compiled;
}

/** A file with all the targets that write to it. */
export interface TargetFile extends Target {
  /** What it cannot carry out of one rollout as it is; empty where it can, or where it has no part in it. */
  shortfalls(source: Source, standing: string | undefined): readonly string[];
}
