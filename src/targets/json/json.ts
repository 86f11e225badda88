import type { JsonTargetConfig } from '../../model/config.ts';
import { datesOf, exposureOf } from '../../model/exposure.ts';
import type { Json } from '../../model/json.ts';
import type { Rollout } from '../../model/rollout.ts';
import { formatInstant } from '../../time.ts';
import {
  at,
  type Book,
  compileEntries,
  isOfEnvironment,
  type Made,
  mappingAt,
  readJson,
  standingReader,
} from '../entries/entries.ts';
import type { Target } from '../target.ts';

const SCHEMA_VERSION = 1;

type Entry = { readonly [key: string]: Json };

/**
 * A JSON file of effective exposures, for services that evaluate flags themselves:
 * `{"schema-version": 1, "flags": {"<flag>@<environment>": {…}}}`.
 */
export function jsonTarget(config: JsonTargetConfig): Target {
  const read = standingReader(BOOK, (text) => mappingAt(readJson(text), 'flags'));
  return {
    path: config.path,
    holds: (source) => isOfEnvironment(config.environment, source),
    compile(sources, standing) {
      const { entries, problems } = compileEntries(BOOK, config, sources, () => read(standing));
      const value = { 'schema-version': SCHEMA_VERSION, flags: Object.fromEntries(entries) };
      return {
        files: [{ path: config.path, text: `${JSON.stringify(value, null, 2)}\n` }],
        problems,
      };
    },
  };
}

const BOOK: Book<Entry> = {
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
    ...(exposure.mirror === undefined ? {} : { mirror: exposure.mirror }),
    allow: exposure.allow,
    block: exposure.block,
    audiences: exposure.audiences.map((audience) => ({ ...audience })),
  };
  return { entry, problems: [] };
}
