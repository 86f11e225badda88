import { datesOf, exposureOf } from '../../model/exposure.ts';
import type { Json } from '../../model/json.ts';
import type { Rollout } from '../../model/rollout.ts';
import { dump } from '../../yaml/dump.ts';
import { tryYaml } from '../../yaml/parse.ts';
import { slicesOf, type Vocabulary } from '../entries/audience-logic.ts';
import { type EntryFormat, type Made, mapping } from '../entries/entries.ts';
import { flagFileTarget } from '../entries/flag-file.ts';
import {
  killedMetadata,
  metadataOf,
  movedTo,
  originOf,
  untoldProblems,
} from '../entries/metadata.ts';
import type { TargetKind } from '../target.ts';
import { JSON_LOGIC } from './dialect.ts';
import { importGoFeatureFlag } from './import.ts';
import { rulesOf, type Schedule, scheduled, servedName } from './rules.ts';

interface Entry extends Schedule {
  readonly variations: Readonly<Record<string, Json>>;
  /** Absent for the targeting key, and where nobody needs a bucket. */
  readonly bucketingKey?: string;
  readonly metadata: Readonly<Record<string, Json>>;
}

/** A flag file for GO Feature Flag, in YAML: https://gofeatureflag.org/docs/configure_flag. */
export const GO_FEATURE_FLAG = {
  open: ({ attributes, ...config }, segments) =>
    flagFileTarget(config, formatOf({ segments, attributes, dialect: JSON_LOGIC }), {
      read,
      write,
    }),
  inexpressible: ['versions'],
  importFlags: importGoFeatureFlag,
} satisfies TargetKind<'go-feature-flag'>;

const formatOf = (words: Vocabulary): EntryFormat<Entry> => ({
  keyOf: ({ flag }) => flag,
  entryOf: (rollout) => entryOf(rollout, words),
  originOf,
  movedTo,
  killed: ({ variations, metadata }) => ({
    variations,
    defaultRule: { variation: String(metadata.control) },
    metadata: killedMetadata(metadata),
  }),
});

function entryOf(rollout: Rollout, words: Vocabulary): Made<Entry> {
  const exposure = exposureOf(rollout);
  if (!exposure) return { problems: [] };
  const nothing = Object.keys(rollout.variants).filter((name) => rollout.variants[name] === null);
  if (nothing.length > 0) {
    const text = `has nothing as its variant \`${nothing[0]}\`, which GO Feature Flag does not take`;
    return { problems: [text] };
  }
  const slices = slicesOf(exposure, words);
  const served = servedName(rollout, exposure);
  const { variant, control } = exposure;
  const exposed =
    variant !== control && exposure.allow.length + slices.slices.length + slices.rest > 0;
  const entry: Entry = {
    variations: {
      ...rollout.variants,
      ...(served.alias ? { [served.name]: rollout.variants[variant] ?? null } : {}),
    },
    ...(exposed
      ? {
          ...(rollout.bucketBy === 'targetingKey' ? {} : { bucketingKey: rollout.bucketBy }),
          ...scheduled(rulesOf(exposure, slices, served.name), control, datesOf(rollout)),
        }
      : { defaultRule: { variation: control } }),
    metadata: metadataOf(rollout, exposure),
  };
  return { entry, problems: untoldProblems(slices) };
}

/** Quoted throughout: to readers of YAML 1.1, `on` and `off` are no text. */
function write(flags: Readonly<Record<string, Entry>>): string {
  return dump(flags, { lineWidth: -1, noRefs: true, forceQuotes: true });
}

/**
 * It grows with the flags, around values as deep as in a rollout file, and has no aliases. Ten
 * thousand flags are four megabytes, and more than that takes seconds to read.
 */
const OURS = {
  maxLength: 4 * 1024 * 1024,
  maxNodes: 400_000,
  maxDepth: 64,
  maxAliases: 0,
};

const read = (text: string | undefined): Readonly<Record<string, unknown>> =>
  mapping(tryYaml(text ?? '{}', OURS));
