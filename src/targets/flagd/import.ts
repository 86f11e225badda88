import { BUCKETS } from '../../model/exposure.ts';
import { at, mappingAt, readJson } from '../entries/entries.ts';
import {
  type Imported,
  importEach,
  type Listed,
  type LiveFlag,
  only,
  Refused,
  staticLive,
  usersIn,
  variantsOf,
  withLists,
} from '../entries/live.ts';

/**
 * The flags of a file of flagd definitions, at the share they are at. A flag is taken over only
 * where what {@link ./flagd.ts} writes for it gives every user with a key the same variant.
 */
export function importFlagd(text: string): readonly Imported[] | undefined {
  const file = readJson(text);
  if (typeof at(file, 'flags') !== 'object') return undefined;
  return importEach(mappingAt(file, 'flags'), readFlag);
}

function readFlag(flag: unknown): LiveFlag {
  if (at(flag, 'state') !== 'ENABLED') {
    throw new Refused('it is disabled: services use the default of their code');
  }
  const variants = variantsOf(at(flag, 'variants'));
  const serves = at(flag, 'defaultVariant');
  if (typeof serves !== 'string' || !Object.hasOwn(variants, serves)) {
    throw new Refused('it has no default variant: who is in no share gets the default of the code');
  }
  const { lists, rest } = takeLists(at(flag, 'targeting'), variants);
  return withLists(readRest(rest, variants, serves), lists);
}

/** The lists of users that a rule begins with, and what everyone else gets. */
function takeLists(
  rule: unknown,
  variants: LiveFlag['variants'],
): { readonly lists: readonly Listed[]; readonly rest: unknown } {
  const lists: Listed[] = [];
  let rest = rule;
  // `{if: [condition, result, condition, result, …, otherwise]}`, and one may be the otherwise of another.
  for (;;) {
    const branches = only(rest, 'if');
    if (!Array.isArray(branches) || branches.length < 2) return { lists, rest };
    let next = 0;
    while (next + 1 < branches.length) {
      const [condition, result] = [branches[next], branches[next + 1]] as readonly unknown[];
      const users = usersIn(condition, ['targetingKey']);
      if (!users || typeof result !== 'string') return refuseRule(rest);
      lists.push({ users, variant: known(result, variants) });
      next += 2;
    }
    rest = branches[next];
  }
}

function readRest(rule: unknown, variants: LiveFlag['variants'], serves: string): LiveFlag {
  if (rule === undefined || rule === null || isEmpty(rule)) return staticLive(variants, serves);
  if (typeof rule === 'string') return staticLive(variants, known(rule, variants));
  const split = only(rule, 'fractional');
  return Array.isArray(split) ? readSplit(split, variants, serves) : refuseRule(rule);
}

function refuseRule(rule: unknown): never {
  throw new Refused(`its rule is none that a rollout can have: ${JSON.stringify(rule)}`);
}

/** Weights in the order of the buckets: who is in the first ones must have the treatment. */
function readSplit(
  parts: readonly unknown[],
  variants: LiveFlag['variants'],
  serves: string,
): LiveFlag {
  const [key] = parts;
  const bucketBy = Array.isArray(key) ? undefined : saltedAttribute(key);
  const arms = (bucketBy === undefined ? parts : parts.slice(1))
    .map((arm) => readArm(arm, variants))
    .filter(({ weight }) => weight > 0);
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  const [first, second] = arms;
  if (!first || arms.length > 2) {
    throw new Refused(
      `it is split between ${arms.length} variants; a rollout has a treatment and a control`,
    );
  }
  const by = bucketBy === undefined ? {} : { bucketBy };
  if (!second) {
    if (first.variant === serves) return { ...staticLive(variants, serves), ...by };
    return {
      variants,
      treatment: first.variant,
      control: serves,
      weight: BUCKETS,
      ...by,
      ...NOBODY,
    };
  }
  if (second.variant !== serves || first.variant === serves) {
    throw new Refused(
      `its first buckets have \`${first.variant}\` and its default is \`${serves}\`: a rollout would have to give the treatment to others than those who have it; let \`${serves}\` come last`,
    );
  }
  const weight = (first.weight * BUCKETS) / total;
  if (!Number.isInteger(weight)) {
    throw new Refused(
      `its share of ${first.weight} in ${total} is no multiple of 0.001 %: the nearest would move up to one user in 200,000`,
    );
  }
  return { variants, treatment: first.variant, control: serves, weight, ...by, ...NOBODY };
}

const NOBODY = { allow: [], block: [] };

function readArm(
  arm: unknown,
  variants: LiveFlag['variants'],
): { readonly variant: string; readonly weight: number } {
  const [variant, weight = 1] = Array.isArray(arm) ? (arm as readonly unknown[]) : [];
  if (typeof variant !== 'string' || typeof weight !== 'number' || !Number.isInteger(weight)) {
    throw new Refused(
      `its split has an arm that is no variant with a weight: ${JSON.stringify(arm)}`,
    );
  }
  return { variant: known(variant, variants), weight: Math.max(0, weight) };
}

/** The attribute of `{cat: [flag key, attribute]}`, the one key that a rollout makes. */
function saltedAttribute(key: unknown): string {
  const parts = only(key, 'cat');
  const names = Array.isArray(parts) ? parts.map((part) => only(part, 'var')) : [];
  const [salt, attribute] = names;
  if (names.length === 2 && salt === '$flagd.flagKey' && typeof attribute === 'string')
    return attribute;
  throw new Refused(
    `its buckets are made from ${JSON.stringify(key)}; a rollout makes them from the flag's key and one attribute, so every user would be put in another one`,
  );
}

function known(variant: string, variants: LiveFlag['variants']): string {
  if (Object.hasOwn(variants, variant)) return variant;
  throw new Refused(`it names the variant \`${variant}\`, which it does not have`);
}

const isEmpty = (rule: unknown): boolean =>
  typeof rule === 'object' && Object.keys(rule ?? {}).length === 0;
