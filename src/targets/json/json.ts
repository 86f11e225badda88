import { defined } from '../../defined.ts';
import { datesOf, exposureOf } from '../../model/exposure.ts';
import type { Json } from '../../model/json.ts';
import type { Rollout } from '../../model/rollout.ts';
import { formatInstant } from '../../time.ts';
import {
  at,
  type EntryFormat,
  jsonText,
  type Made,
  mappingAt,
  readJson,
} from '../entries/entries.ts';
import { flagFileTarget } from '../entries/flag-file.ts';
import type { TargetKind } from '../target.ts';

const SCHEMA_VERSION = 1;

type Entry = { readonly [key: string]: Json };

/**
 * A JSON file of effective exposures, for services that evaluate flags themselves:
 * `{"schema-version": 1, "flags": {"<flag>@<environment>": {…}}}`.
 */
export const JSON_FILE = {
  open: (config) =>
    flagFileTarget(config, FORMAT, {
      read: (text) => mappingAt(readJson(text), 'flags'),
      write: (flags) => jsonText({ 'schema-version': SCHEMA_VERSION, flags }),
    }),
  inexpressible: [],
} satisfies TargetKind<'json'>;

const FORMAT: EntryFormat<Entry> = {
  keyOf: ({ key }) => key,
  entryOf,
  originOf: (_, entry) => {
    const [file, flag, environment] = ['file', 'flag', 'environment'].map((key) => at(entry, key));
    return typeof file === 'string' && typeof flag === 'string' && typeof environment === 'string'
      ? { file, flag, environment }
      : undefined;
  },
  movedTo: (entry, file) => ({ ...entry, file }),
  killed: ({ mirror: _, ...entry }) => ({
    ...entry,
    killed: true,
    variant: entry.control ?? null,
    shadow: false,
    allow: [],
    block: [],
    audiences: [],
  }),
};

function entryOf(rollout: Rollout): Made<Entry> {
  const exposure = exposureOf(rollout);
  if (!exposure) return { problems: [] };
  const { start, end } = datesOf(rollout);
  const entry = {
    flag: rollout.flag,
    environment: rollout.environment,
    file: rollout.file,
    phase: rollout.status.phase,
    stage: rollout.status.stage ?? null,
    killed: rollout.kill,
    variant: exposure.variant,
    control: exposure.control,
    variants: rollout.variants,
    bucket_by: rollout.bucketBy,
    start: start === undefined ? null : formatInstant(start),
    end: end === undefined ? null : formatInstant(end),
    shadow: exposure.shadow,
    ...defined({ mirror: exposure.mirror }),
    allow: exposure.allow,
    block: exposure.block,
    audiences: exposure.audiences.map((audience) => ({ ...audience })),
  };
  return { entry, problems: [] };
}
