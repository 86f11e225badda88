import { BUCKETS } from '../../model/exposure.ts';
import type { Json } from '../../model/json.ts';

/** A flag that users have already, as a rollout can say it. */
export interface LiveFlag {
  readonly variants: Readonly<Record<string, Json>>;
  readonly treatment: string;
  readonly control: string;
  /** How many of the 100,000 buckets have the treatment. */
  readonly weight: number;
  /** Absent for the targeting key. */
  readonly bucketBy?: string;
  readonly allow: readonly string[];
  readonly block: readonly string[];
}

/** A flag of a file: one that can be taken over without moving a user, or why it cannot. */
export type Imported =
  | { readonly flag: string; readonly live: LiveFlag }
  | { readonly flag: string; readonly refused: string };

/** The flags of a text; `undefined` if it is not a file of the importer's type. */
export type Importer = (text: string) => readonly Imported[] | undefined;

/** A flag cannot be taken over; the message says what would happen to whom. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Reads each flag of a file, and turns what was refused into data. */
export function importEach(
  flags: Readonly<Record<string, unknown>>,
  read: (flag: unknown) => LiveFlag,
): readonly Imported[] {
  return Object.entries(flags).map(([flag, value]) => {
    try {
      if (!NAME.test(flag)) {
        throw new Refused('its key is no name of a rollout: letters, digits, dots, dashes');
      }
      return { flag, live: read(value) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { flag, refused: error.message };
    }
  });
}

const NAME = /^(?!.*\.\.)(?!.*\.lock$)[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/;

/**
 * The arms of a flag that gives everybody one variant: of two booleans, true is the treatment;
 * otherwise what everybody has is the control.
 */
export function staticLive(variants: LiveFlag['variants'], serves: string): LiveFlag {
  const others = Object.keys(variants).filter((name) => name !== serves);
  const [other] = others;
  if (other === undefined || others.length > 1) {
    throw new Refused(
      `everybody has \`${serves}\`, and which other variant is to be rolled out cannot be told`,
    );
  }
  const whole = variants[serves] === true;
  return {
    variants,
    treatment: whole ? serves : other,
    control: whole ? other : serves,
    weight: whole ? BUCKETS : 0,
    allow: [],
    block: [],
  };
}

/** Users listed by rules that come before the rest, first rule first. */
export interface Listed {
  readonly users: readonly string[];
  readonly variant: string;
}

/** Adds lists of users: those for the treatment are allowed, those for the control blocked. */
export function withLists(live: LiveFlag, lists: readonly Listed[]): LiveFlag {
  const settled = new Set<string>();
  const allow: string[] = [];
  const block: string[] = [];
  for (const { users, variant } of lists) {
    if (variant !== live.treatment && variant !== live.control) {
      throw new Refused(
        `a list of users has \`${variant}\`, which is neither its treatment nor its control`,
      );
    }
    for (const user of users.filter((each) => !settled.has(each))) {
      settled.add(user);
      (variant === live.treatment ? allow : block).push(user);
    }
  }
  return { ...live, allow, block };
}

/** The variants of a flag, and no flag without two of them. */
export function variantsOf(value: unknown): LiveFlag['variants'] {
  const variants =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as LiveFlag['variants'])
      : {};
  if (Object.keys(variants).length < 2) throw new Refused('it has fewer than two variants');
  const bad = Object.keys(variants).find((name) => !NAME.test(name));
  if (bad !== undefined) throw new Refused(`its variant \`${bad}\` has no name a rollout can have`);
  return variants;
}

/** The users of `{in: [{var: …}, [users]]}`, where the attribute is one of these. */
export function usersIn(
  rule: unknown,
  attributes: readonly string[],
): readonly string[] | undefined {
  const parts = only(rule, 'in');
  if (!Array.isArray(parts) || parts.length !== 2) return undefined;
  const [who, users] = parts as readonly unknown[];
  const attribute = only(who, 'var');
  if (typeof attribute !== 'string' || !attributes.includes(attribute)) return undefined;
  const texts =
    Array.isArray(users) && users.every((each) => typeof each === 'string' && each !== '');
  return texts ? (users as readonly string[]) : undefined;
}

/** The value of a mapping's one key, where that is the key asked for. */
export function only(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === key
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
