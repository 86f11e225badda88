import type { Claim } from '../model/claim.ts';
import type { Config, TargetConfigOf, TargetType } from '../model/config.ts';
import type { Json } from '../model/json.ts';
import type { RepositoryFile } from '../model/repository-file.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Importer } from './entries/live.ts';

/**
 * The words of this room. A *target* is one way by which exposure reaches users: a file or a service.
 * It *carries* a rollout if the rollout's users are reached by it. What it has now is *standing*: the
 * text of a file, the *state* of a service. A *plan* is what has to change there. A *shortfall* is what
 * it cannot do for one rollout. An *entry* is what a file of flags says of one flag.
 */
export type Target = FileTarget | ServiceTarget;

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
  readonly kind: 'file';
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

/** A service that is told of the rollouts. It is changed once the commit that moves them is on the branch. */
export interface ServiceTarget {
  readonly kind: 'service';
  /** What messages call it. No other target has this name. */
  readonly name: string;
  carries(source: Source): boolean;
  /** @throws Error if the service gives no answer. */
  readBack(): Promise<ServiceState>;
  /** Pure. A state that already is as it should be needs no change. */
  plan(sources: readonly Source[], standing: ServiceState): ServicePlan;
  /**
   * Makes the changes. Each sets a value and may be repeated.
   *
   * @throws Error if the service gives no answer: the changes may have been made all the same.
   */
  apply(changes: readonly ServiceChange[]): Promise<readonly Refusal[]>;
}

/** What a service has for each key that Sluice sets. */
export type ServiceState = ReadonlyMap<string, Json>;

export interface ServicePlan {
  readonly changes: readonly ServiceChange[];
  /** What could not be expressed. */
  readonly problems: readonly string[];
}

/** A key, and the value it should have. */
export interface ServiceChange {
  readonly key: string;
  readonly value: Json;
}

/** A change that a service did not make. */
export interface Refusal {
  readonly key: string;
  readonly why: string;
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
  open(config: TargetConfigOf<Type>, segments: Config['segments']): Target;
  readonly inexpressible: readonly Inexpressible[];
  /** Reads the flags of a file of this type, for `sluice import`. */
  readonly importFlags?: Importer;
}
