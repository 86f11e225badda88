import type { Claim } from '../model/claim.ts';
import type { Config, TargetConfigOf, TargetType } from '../model/config.ts';
import type { RepositoryFile } from '../model/repository-file.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Importer } from './entries/live.ts';

/** A rollout file as a target sees it: a valid one, or one whose last good form must stay in force. */
export type Source =
  | { readonly kind: 'valid'; readonly rollout: Rollout }
  | (Claim & {
      readonly kind: 'invalid';
      /** Path of the rollout file. */
      readonly file: string;
      /** `kill: true` takes effect even if the rest of the file is invalid. */
      readonly killed: boolean;
      /** The variant that everybody gets then, as far as the file still says. */
      readonly control: string;
    });

/** A file in the repository that services read. It is written by the commit that moves the rollouts. */
export interface FileTarget {
  readonly path: string;
  carries(source: Source): boolean;
  /** Pure. Planning twice gives the same bytes. */
  plan(sources: readonly Source[], standing: string | undefined): FilePlan;
  /** What the file could not do for one rollout; nothing if it does not carry the rollout. */
  shortfalls(source: Source, standing: string | undefined): readonly string[];
}

export interface FilePlan {
  /** The file as it should be; none if it stays as it is. */
  readonly files: readonly RepositoryFile[];
  /** What could not be expressed. */
  readonly problems: readonly string[];
}

/** What a type of target has no way to express, so that the review refuses it in time. */
export type Inexpressible =
  /** A segment that compares versions. */
  | 'versions'
  /** A variant that is a list or null. */
  | 'list-variants';

/** One type of target. */
export interface TargetKind<Type extends TargetType> {
  /** @param segments those that its rollouts may name */
  open(config: TargetConfigOf<Type>, segments: Config['segments']): FileTarget;
  readonly inexpressible: readonly Inexpressible[];
  /** Reads the flags of a file of this type, for `sluice import`. */
  readonly importFlags?: Importer;
}
