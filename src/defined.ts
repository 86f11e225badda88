/** The keys of a type that may have no value. */
type Optional<T> = { [Key in keyof T]: undefined extends T[Key] ? Key : never }[keyof T];

/** The same members, those without a value left out. */
export type Defined<T> = Omit<T, Optional<T>> & {
  [Key in Optional<T>]?: Exclude<T[Key], undefined>;
};

/**
 * Leaves out members without a value: an optional key is absent, rather than there as `undefined`. A
 * review calls it some twenty times a file, so it makes no lists on the way.
 */
export function defined<T extends object>(members: T): Defined<T> {
  const there: Partial<T> = {};
  for (const key in members) if (members[key] !== undefined) there[key] = members[key];
  return there as Defined<T>;
}
