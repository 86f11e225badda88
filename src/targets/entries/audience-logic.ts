import { defined } from '../../defined.ts';
import type { Config, Segment } from '../../model/config.ts';
import type { Audience, Exposure } from '../../model/exposure.ts';
import type { Json } from '../../model/json.ts';

/** A JSONLogic rule: https://jsonlogic.com. */
export type Logic = Json;

/** What one reader of JSONLogic has beyond `and`, `or`, `!`, `!!`, `in` and `var`. */
export interface Dialect {
  startsWith(attribute: string, text: string): Logic;
  endsWith(attribute: string, text: string): Logic;
  /** A version range as npm reads one; `undefined` where versions cannot be compared. */
  semver(attribute: string, range: string): Logic | undefined;
}

/** What the words of an audience mean in the evaluation context of a service. */
export interface Vocabulary {
  readonly segments: Config['segments'];
  readonly attributes: { readonly region?: string; readonly tier?: string } | undefined;
  readonly dialect: Dialect;
}

/** Users told by a rule, and how many buckets of them are exposed. */
export interface Slice {
  readonly condition: Logic;
  readonly weight: number;
}

export interface Slices {
  /**
   * The largest weight first. All weights cut the same hash, so the first slice that matches a
   * user settles whether any of them exposes this user.
   */
  readonly slices: readonly Slice[];
  /** The weight of everyone else. */
  readonly rest: number;
  /** Segments that cannot be told in the dialect: nobody is exposed through them. */
  readonly untold: readonly string[];
}

/** The audiences of an exposure as rules to try one after the other. */
export function slicesOf(exposure: Exposure, words: Vocabulary): Slices {
  const told = exposure.audiences.map((audience) => ({
    weight: audience.weight,
    ...conditionsOf(audience, words),
  }));
  const slices = told
    .filter(({ conditions }) => conditions !== undefined && conditions.length > 0)
    .map(({ conditions, weight }) => ({ condition: all(conditions ?? []), weight }))
    .sort((a, b) => b.weight - a.weight);
  const rest = told.find(({ conditions }) => conditions?.length === 0)?.weight ?? 0;
  return { slices, rest, untold: [...new Set(told.flatMap(({ untold }) => untold))] };
}

export const variable = (attribute: string): Logic => ({ var: attribute });

export const isIn = (attribute: string, values: readonly string[]): Logic => ({
  in: [variable(attribute), values],
});

/** What must hold for a user to be in an audience; no list of conditions where nobody is. */
function conditionsOf(
  { segments, regions, tiers }: Audience,
  words: Vocabulary,
): { readonly conditions?: readonly Logic[]; readonly untold: readonly string[] } {
  const { attributes } = words;
  const among = segments.map((name) => ({ name, ...segmentLogic(name, words) }));
  const untold = among.filter(({ known, logic }) => known && !logic).map(({ name }) => name);
  const told = among.flatMap(({ logic }) => (logic === undefined ? [] : [logic]));
  if (segments.length > 0 && told.length === 0) return { untold };
  const conditions = [
    ...(told.length > 0 ? [any(told)] : []),
    ...(regions.length > 0 ? [isIn(attributes?.region ?? 'region', regions)] : []),
    ...(tiers.length > 0 ? [isIn(attributes?.tier ?? 'tier', tiers)] : []),
  ];
  return { conditions, untold };
}

/** A segment that the config does not have holds nobody; the review says so. */
function segmentLogic(
  name: string,
  { segments, dialect }: Vocabulary,
): { readonly known: boolean; readonly logic?: Logic } {
  const segment = Object.hasOwn(segments, name) ? segments[name] : undefined;
  if (!segment) return { known: false };
  const logic = valueLogic(segment, dialect);
  return { known: true, ...defined({ logic }) };
}

function valueLogic({ attribute, operator, values }: Segment, dialect: Dialect): Logic | undefined {
  const [value = ''] = values;
  switch (operator) {
    case 'in':
      return isIn(attribute, values);
    case 'not_in':
      // A user without the attribute is in no segment: off by default.
      return all([{ '!!': [variable(attribute)] }, { '!': [isIn(attribute, values)] }]);
    case 'starts_with':
      return dialect.startsWith(attribute, value);
    case 'ends_with':
      return dialect.endsWith(attribute, value);
    case 'semver':
      return dialect.semver(attribute, value);
  }
}

export const all = (rules: readonly Logic[]): Logic => joined('and', rules);
const any = (rules: readonly Logic[]): Logic => joined('or', rules);

function joined(operator: string, rules: readonly Logic[]): Logic {
  const [only] = rules;
  return rules.length === 1 && only !== undefined ? only : { [operator]: rules };
}
