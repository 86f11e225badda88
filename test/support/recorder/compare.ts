import { isMapping, type Json, sameJson } from '../../../src/model/json.ts';

/** A recording as far as comparing it needs to know it. */
export interface Named {
  readonly file: string;
  readonly test: string;
  readonly scenes: readonly Json[];
}

/** Where two values differ first, and what is there. `undefined` is nothing. */
export interface Difference {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

export interface Comparison {
  readonly compared: number;
  readonly differing: readonly { readonly name: string; readonly difference: Difference }[];
  /** Tests that have one recording only. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

/** @param accepted ends of paths, such as `result.problems`, below which any difference is meant */
export function compareRecordings(
  before: readonly Named[],
  after: readonly Named[],
  accepted: readonly string[] = [],
): Comparison {
  const [old, current] = [byName(before), byName(after)];
  const both = [...old].flatMap(([name, one]) => {
    const other = current.get(name);
    return other === undefined ? [] : [{ name, one, other }];
  });
  return {
    compared: both.length,
    differing: both.flatMap(({ name, one, other }) => {
      const difference = scenesDiffer(one.scenes, other.scenes, accepted);
      return difference === undefined ? [] : [{ name, difference }];
    }),
    onlyBefore: [...old.keys()].filter((name) => !current.has(name)),
    onlyAfter: [...current.keys()].filter((name) => !old.has(name)),
  };
}

const byName = (recordings: readonly Named[]): ReadonlyMap<string, Named> =>
  new Map(recordings.map((each) => [`${each.file} > ${each.test}`, each]));

/** Scenes may be in any order, so each is compared only if the other side has none like it. */
function scenesDiffer(
  before: readonly Json[],
  after: readonly Json[],
  accepted: readonly string[],
): Difference | undefined {
  const [one, other] = [without(before, after), without(after, before)];
  return firstDifference(one, other, accepted, 'scenes');
}

/** The items that have no partner of the same value among others. */
function without(items: readonly Json[], others: readonly Json[]): readonly Json[] {
  const left = [...others];
  return items.filter((item) => {
    const at = left.findIndex((other) => sameJson(item, other));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Looks at lists in order and at keys in the order that they have before. */
export function firstDifference(
  before: Json | undefined,
  after: Json | undefined,
  accepted: readonly string[] = [],
  path = '',
): Difference | undefined {
  if (sameJson(before, after) || accepted.some((end) => path.endsWith(`.${end}`))) return undefined;
  const steps = stepsInto(before, after);
  if (steps.length === 0) return { path, before, after };
  for (const { step, one, other } of steps) {
    const found = firstDifference(one, other, accepted, `${path}${step}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Step {
  readonly step: string;
  readonly one: Json | undefined;
  readonly other: Json | undefined;
}

/** What two lists or two mappings have at the same place; none of two values of any other kind. */
function stepsInto(before: Json | undefined, after: Json | undefined): readonly Step[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, at) => ({
      step: `[${at}]`,
      one: before[at],
      other: after[at],
    }));
  }
  if (!isMapping(before) || !isMapping(after)) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) => ({
    step: /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
    one: before[key],
    other: after[key],
  }));
}

/** The longest value that is printed whole. */
const MAX_VALUE_LENGTH = 400;

/** For people: each test that differs, with its first difference, and a line that sums up. */
export function report({ compared, differing, onlyBefore, onlyAfter }: Comparison): string {
  const tests = differing.flatMap(({ name, difference: { path, before, after } }) => [
    name,
    `  ${path}`,
    `    before: ${printed(before)}`,
    `    after:  ${printed(after)}`,
  ]);
  const sums = [
    `${compared - differing.length} equal`,
    `${differing.length} differing`,
    `${onlyBefore.length} only before`,
    `${onlyAfter.length} only after`,
  ];
  return [...tests, `${compared} tests compared: ${sums.join(', ')}`].join('\n');
}

function printed(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}
