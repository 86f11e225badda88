import type { EvaluationContext } from '@openfeature/core';
import { load } from 'js-yaml';
import type { Json } from '../../src/model/json.ts';
import { flagd } from './flagd.ts';
import { isFlagFile } from './go-feature-flag-schema.ts';

/**
 * GO Feature Flag's evaluation of the fields we write, after its documentation and its `modules/core`
 * of version 1.55: the first rule whose query holds, otherwise the default rule; steps of a schedule
 * merged by the names of rules; arithmetic in float64 with what is behind the point cut off.
 */
export interface GoFeatureFlag {
  readonly flags: Readonly<Record<string, Flag>>;
  /** The variation a user gets; throws where GO Feature Flag would fall back on the code's default. */
  variationOf(flag: string, key: string, context?: Context, now?: number): string;
}

type Context = EvaluationContext;

interface Rule {
  readonly name?: string;
  readonly query?: string;
  readonly variation?: string;
  readonly percentage?: Readonly<Record<string, number>>;
  readonly disable?: boolean;
}

interface Rules {
  readonly targeting?: readonly Rule[];
  readonly defaultRule: Rule;
}

export interface Flag extends Rules {
  readonly variations: Readonly<Record<string, Json>>;
  readonly bucketingKey?: string;
  readonly scheduledRollout?: readonly (Rules & { readonly date: string })[];
  readonly metadata: Readonly<Record<string, Json>>;
}

/** @throws where the file is not one by GO Feature Flag's JSON Schema, or has a flag that it refuses. */
export function goFeatureFlag(text: string): GoFeatureFlag {
  const flags = load(text) as Readonly<Record<string, Flag>>;
  if (!isFlagFile(flags)) throw new Error(JSON.stringify(isFlagFile.errors));
  for (const [name, flag] of Object.entries(flags)) {
    const refusal = refusalOf(flag);
    if (refusal !== undefined) throw new Error(`${name}: ${refusal}`);
  }
  const queries = new Map<string, (context: Context) => boolean>();
  const holds = (query: string, context: Context): boolean => {
    const known = queries.get(query) ?? ask(query);
    queries.set(query, known);
    return known(context);
  };
  return {
    flags,
    variationOf(name, targetingKey, context = {}, now = 0) {
      const flag = flags[name];
      if (!flag) throw new Error(`there is no flag ${name}`);
      const seen = { ...context, targetingKey };
      const bucketed = flag.bucketingKey === undefined ? targetingKey : context[flag.bucketingKey];
      if (flag.bucketingKey !== undefined && typeof bucketed !== 'string')
        throw new Error('no key');
      const { targeting = [], defaultRule } = rulesAt(flag, now);
      const rule =
        targeting.find(({ query = '', disable }) => !disable && holds(query, seen)) ?? defaultRule;
      if (rule.percentage) return split(rule.percentage, name, String(bucketed));
      if (rule.variation === undefined) throw new Error('nothing to give');
      return rule.variation;
    },
  };
}

/** What it refuses beyond its schema, as it reads a flag: the flag would not be there at all. */
function refusalOf({ variations, targeting = [], defaultRule }: Flag): string | undefined {
  const types = new Set(Object.values(variations).map(typeOf));
  if (types.size !== 1) return 'variations of several types, or none';
  if (types.has('null')) return 'a variation without a value';
  const names = targeting.flatMap(({ name }) => name ?? []);
  if (new Set(names).size < names.length) return 'two rules of one name';
  for (const { query, variation, percentage } of [...targeting, { ...defaultRule, query: '-' }]) {
    if (query === undefined) return 'a rule without a query';
    const given = percentage ? Object.keys(percentage) : [variation];
    if (given.some((name) => name === undefined || !Object.hasOwn(variations, name)))
      return `no variation ${given}`;
    const sum = Object.values(percentage ?? { all: 100 }).reduce((all, each) => all + each, 0);
    if (sum === 0) return 'percentages of nothing';
  }
  return undefined;
}

const typeOf = (value: Json): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;

function rulesAt(flag: Flag, now: number): Rules {
  const due = (flag.scheduledRollout ?? []).filter(({ date }) => Date.parse(date) <= now);
  return due.reduce<Rules>(
    (rules, step) => {
      const merged = (rules.targeting ?? []).map((rule) =>
        merge(rule, step.targeting?.find(({ name }) => name === rule.name) ?? {}),
      );
      const known = new Set(merged.map(({ name }) => name));
      const added = (step.targeting ?? []).filter(({ name }) => !known.has(name));
      return {
        targeting: [...merged, ...added],
        defaultRule: merge(rules.defaultRule, step.defaultRule),
      };
    },
    { targeting: flag.targeting ?? [], defaultRule: flag.defaultRule },
  );
}

const merge = (rule: Rule, update: Rule): Rule => ({
  ...rule,
  ...update,
  ...(rule.percentage || update.percentage
    ? { percentage: { ...rule.percentage, ...update.percentage } }
    : {}),
});

/** The bucket of a key, `FNV-1a(flag + key) mod max`, in the ranges of the names sorted backwards. */
function split(percentage: Readonly<Record<string, number>>, flag: string, key: string): string {
  if (key === '') throw new Error('no key');
  const names = Object.keys(percentage).sort().reverse();
  const sum = Object.values(percentage).reduce((all, each) => all + each, 0);
  const bucket = fnv1a(flag + key) % Math.trunc(sum * 1_000);
  let start = 0;
  for (const name of names) {
    const end = start + (percentage[name] ?? 0) * 1_000;
    if (Math.trunc(start) <= bucket && bucket < Math.trunc(end)) return name;
    start = end;
  }
  throw new Error('impossible to find the variation');
}

/** FNV-1a of 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/), for ASCII. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ (text.charCodeAt(at) & 0xff), 0x01000193);
  }
  return hash >>> 0;
}

/** Asks a JSONLogic evaluator: the one in flagd's, by way of a flag whose rule is the query. */
function ask(query: string): (context: Context) => boolean {
  // Of its other language, lists of keys alone.
  const [, list] = /^key in (\[.*\])$/.exec(query) ?? [];
  const rule =
    list === undefined ? JSON.parse(query) : { in: [{ var: 'targetingKey' }, JSON.parse(list)] };
  const { variantOf } = flagd(
    JSON.stringify({
      flags: {
        query: {
          state: 'ENABLED',
          variants: { yes: true, no: false },
          defaultVariant: 'no',
          targeting: { if: [rule, 'yes', 'no'] },
        },
      },
    }),
  );
  return (context) => variantOf('query', context) === 'yes';
}
