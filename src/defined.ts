/** The keys of a type that may have no value. */
type Optional<T> = { [Key in keyof T]: undefined extends T[Key] ? Key : never }[keyof T];

/** The same members, those without a value left out. */
export type Defined<T> = Omit<T, Optional<T>> & {
  [Key in Optional<T>]?: Exclude<T[Key], undefined>;
};

/** Leaves out members without a value: an optional key is absent, rather than there as `undefined`. */
export function defined<T extends object>(members: T): Defined<T> {
  const there = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as Defined<T>;
}
