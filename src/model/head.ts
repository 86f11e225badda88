/** A git object id, in hex. */
export type Oid = string;

/** The branch rollouts live on, at one commit. Every write is conditional on it. */
export interface Head {
  readonly branch: string;
  readonly oid: Oid;
}
