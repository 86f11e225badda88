import type { Json, Path } from '../../model/json.ts';

/** Where a kind of Kubernetes resource keeps its rules, and how a rule names its backends. */
export interface ResourceShape {
  readonly kinds: readonly string[];
  /** The API group, before the slash of `apiVersion`. */
  readonly group: string;
  readonly rules: Path;
  /** The key of a rule's list of weighted backends. */
  readonly refs: string;
  /** What a backend is called in the config. */
  nameOf(ref: Json): string | undefined;
  /** What a backend weighs that has no `weight`. */
  readonly defaultWeight: number;
  /** The mirrors of a rule: where the share of each, in percent, is written. */
  mirrorsOf(rule: Json): readonly Mirror[];
  /** Whether a mirror's share is a whole percent. */
  readonly wholeMirrors: boolean;
}

/** A copy of the traffic that a rule sends to a backend. */
export interface Mirror {
  readonly backend: string | undefined;
  /** From the rule on. */
  readonly percent: Path;
  /** Why its share cannot be written. */
  readonly problem?: string;
}
