import { datesOf, exposureOf } from '../../model/exposure.ts';
import type { Json } from '../../model/json.ts';
import type { Rollout } from '../../model/rollout.ts';
import { slicesOf, type Vocabulary } from '../entries/audience-logic.ts';
import { type EntryFormat, jsonText, type Made, mappingAt, readJson } from '../entries/entries.ts';
import { flagFileTarget } from '../entries/flag-file.ts';
import {
  killedMetadata,
  metadataOf,
  movedTo,
  originOf,
  untoldProblems,
} from '../entries/metadata.ts';
import type { TargetKind } from '../target.ts';
import { FLAGD_LOGIC } from './dialect.ts';
import { importFlagd } from './import.ts';
import { resolutionOf } from './targeting.ts';

/** The JSON Schema of the file: flagd's own, version 0. */
const SCHEMA = 'https://flagd.dev/schema/v0/flags.json';

/**
 * How `fractional` puts a user in a bucket: MurmurHash3 (32 bits, seed 0) of the flag's key and the
 * user's, spread over the sum of the weights. Another version would move users between variants.
 */
const HASH_VERSION = 2;

interface Entry {
  /** Always ENABLED: a disabled flag gives the default of the code, which need not be the control. */
  readonly state: 'ENABLED';
  readonly variants: Readonly<Record<string, Json>>;
  readonly defaultVariant: string;
  readonly targeting?: Json;
  readonly metadata: Readonly<Record<string, Json>>;
}

/** Flag definitions for flagd and the OpenFeature providers that read its format. */
export const FLAGD = {
  open: ({ attributes, ...config }, segments) =>
    flagFileTarget(config, formatOf({ segments, attributes, dialect: FLAGD_LOGIC }), {
      read: (text) => mappingAt(readJson(text), 'flags'),
      write: (flags) => jsonText({ $schema: SCHEMA, flags }),
    }),
  inexpressible: ['list-variants'],
  importFlags: importFlagd,
} satisfies TargetKind<'flagd'>;

const formatOf = (words: Vocabulary): EntryFormat<Entry> => ({
  keyOf: ({ flag }) => flag,
  entryOf: (rollout) => entryOf(rollout, words),
  originOf,
  movedTo,
  killed: ({ targeting: _, ...entry }) => ({
    ...entry,
    defaultVariant: String(entry.metadata.control),
    metadata: killedMetadata(entry.metadata),
  }),
});

function entryOf(rollout: Rollout, words: Vocabulary): Made<Entry> {
  const exposure = exposureOf(rollout);
  if (!exposure) return { problems: [] };
  const faults = faultsOf(rollout.variants);
  if (faults.length > 0) return { problems: faults };
  const slices = slicesOf(exposure, words);
  const entry: Entry = {
    state: 'ENABLED',
    variants: rollout.variants,
    ...resolutionOf(exposure, slices, { ...datesOf(rollout), bucketBy: rollout.bucketBy }),
    metadata: { ...metadataOf(rollout, exposure), hash_version: HASH_VERSION },
  };
  return { entry, problems: untoldProblems(slices) };
}

/** One variant that flagd does not know would make it refuse the whole file. */
function faultsOf(variants: Rollout['variants']): readonly string[] {
  const names = Object.keys(variants).filter((name) => !/^.+$/.test(name));
  const values = Object.entries(variants).filter(
    ([, value]) => value === null || Array.isArray(value),
  );
  return [
    ...names.map((name) => `has a variant ${JSON.stringify(name)}, a name flagd does not take`),
    ...values.map(
      ([name]) =>
        `has a list or nothing as its variant \`${name}\`: flagd takes booleans, numbers, text and objects`,
    ),
  ];
}
