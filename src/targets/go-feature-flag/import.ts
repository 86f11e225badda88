import { BUCKETS } from '../../model/exposure.ts';
import { tryYaml } from '../../yaml/parse.ts';
import { at, mapping, readJson } from '../entries/entries.ts';
import {
  type Imported,
  importEach,
  type Listed,
  type LiveFlag,
  Refused,
  staticLive,
  usersIn,
  variantsOf,
  withLists,
} from '../entries/live.ts';

/**
 * The flags of a GO Feature Flag file, at the share they are at. A flag is taken over only where what
 * {@link ./go-feature-flag.ts} writes for it gives every user with a key the same variation.
 */
export function importGoFeatureFlag(text: string): readonly Imported[] | undefined {
  const flags = tryYaml(text, LIMITS);
  return typeof flags === 'object' ? importEach(mapping(flags), readFlag) : undefined;
}

/** A thousand flags with long rules are one megabyte. */
const LIMITS = { maxLength: 2 * 1024 * 1024, maxNodes: 500_000, maxDepth: 32, maxAliases: 0 };

/** What changes a flag by the clock or by the code's default; a rollout changes it by commits. */
const MOVING = ['disable', 'experimentation', 'scheduledRollout'];

function readFlag(flag: unknown): LiveFlag {
  const moving = MOVING.find((key) => at(flag, key) !== undefined && at(flag, key) !== false);
  if (moving !== undefined) throw new Refused(`it has \`${moving}\`: take that out first`);
  const variants = variantsOf(at(flag, 'variations'));
  const key = at(flag, 'bucketingKey');
  const rules = at(flag, 'targeting') ?? [];
  if (!Array.isArray(rules)) throw new Refused('its targeting is no list');
  const lists = rules
    .filter((rule) => at(rule, 'disable') !== true)
    .map((rule) => listed(rule, variants));
  const live = readOutcome(at(flag, 'defaultRule'), variants);
  const by = typeof key === 'string' && key !== '' ? { bucketBy: key } : {};
  return withLists({ ...live, ...by }, lists);
}

/** A list in GO Feature Flag's own language, as its grammar has it; an escape there stays one. */
const LIST = /^(?:targetingKey|key) (?:in|IN) (\["[^"\\]*"(?:, *"[^"\\]*")*\])$/;

/** `in` is exact in both of its query languages; whatever else it has, a rollout has not. */
function listed(rule: unknown, variants: LiveFlag['variants']): Listed {
  const query = String(at(rule, 'query') ?? '').trim();
  const [, list] = LIST.exec(query) ?? [];
  const written = list === undefined ? readJson(query) : { in: [{ var: 'key' }, readJson(list)] };
  const users = usersIn(written, ['targetingKey', 'key']);
  const variant = at(rule, 'variation');
  const plain =
    at(rule, 'percentage') === undefined && at(rule, 'progressiveRollout') === undefined;
  if (users && plain && typeof variant === 'string')
    return { users, variant: known(variant, variants) };
  throw new Refused(`its rule is none that a rollout can have: ${query}`);
}

function readOutcome(rule: unknown, variants: LiveFlag['variants']): LiveFlag {
  if (at(rule, 'progressiveRollout') !== undefined) {
    throw new Refused(
      'it grows by the clock (`progressiveRollout`): set the percentage it has reached',
    );
  }
  const percentage = at(rule, 'percentage');
  if (percentage === undefined) {
    const variant = at(rule, 'variation');
    if (typeof variant !== 'string') throw new Refused('its default rule gives nothing');
    return staticLive(variants, known(variant, variants));
  }
  const shares = Object.entries(mapping(percentage)).map(([name, share]) => {
    if (typeof share !== 'number' || share < 0)
      throw new Refused(`the percentage of \`${name}\` is none`);
    return { name: known(name, variants), share };
  });
  return readShares(shares, variants);
}

interface Share {
  readonly name: string;
  readonly share: number;
}

/** Buckets go to the names sorted backwards, cut off as GO Feature Flag does it. */
function readShares(shares: readonly Share[], variants: LiveFlag['variants']): LiveFlag {
  const sum = shares.reduce((all, { share }) => all + share, 0);
  if (Math.trunc(sum * 1_000) !== BUCKETS) {
    throw new Refused(`its percentages sum to ${sum}: 100 would put every user in another bucket`);
  }
  const arms = shares.filter(({ share }) => share > 0).sort((a, b) => (a.name < b.name ? 1 : -1));
  const [first, second] = arms;
  if (!first || arms.length > 2) {
    throw new Refused(
      `it is split between ${arms.length} variations; a rollout has a treatment and a control`,
    );
  }
  if (!second) return staticLive(variants, first.name);
  const buckets = Math.trunc(first.share * 1_000);
  // Which of the two is called the treatment moves nobody: true, or else the smaller one.
  const leads =
    variants[first.name] === true || (variants[second.name] !== true && buckets <= BUCKETS / 2);
  return {
    variants,
    treatment: leads ? first.name : second.name,
    control: leads ? second.name : first.name,
    weight: leads ? buckets : BUCKETS - buckets,
    allow: [],
    block: [],
  };
}

function known(variant: string, variants: LiveFlag['variants']): string {
  if (Object.hasOwn(variants, variant)) return variant;
  throw new Refused(`it names the variation \`${variant}\`, which it does not have`);
}
