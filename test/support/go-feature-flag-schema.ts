import { createHash } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';

/**
 * What GO Feature Flag's published JSON Schema says of a flag file: its `.schema/flag-schema.json` as
 * of release 1.55.2 (MIT licence), every property, type and requirement of it, without its titles and
 * descriptions. `DIGEST` ties this to the original: it is what {@link digest} makes of that file.
 */
const TEXT = { type: 'string' };
const YES_OR_NO = { type: 'boolean' };
const MOMENT = { type: 'string', format: 'date-time' };
const ANYTHING = { type: 'object' };
const BY_NAME = { type: 'object', additionalProperties: true };
const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const list = (name: string) => ({ type: 'array', items: ref(name) });
const closed = (properties: object, ...required: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length > 0 ? { required } : {}),
});

/** What a flag and a step of its schedule both may have. */
const CHANGEABLE = {
  trackEvents: YES_OR_NO,
  disable: YES_OR_NO,
  version: TEXT,
  variations: BY_NAME,
  targeting: list('Rule'),
  bucketingKey: TEXT,
  defaultRule: ref('Rule'),
  scheduledRollout: list('ScheduledStep'),
  metadata: ANYTHING,
};

export const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  additionalProperties: ref('DTO'),
  $defs: {
    DTO: closed(
      { ...CHANGEABLE, converter: TEXT, experimentation: ref('ExperimentationDto') },
      'variations',
      'defaultRule',
    ),
    Rule: closed({
      name: TEXT,
      query: TEXT,
      variation: TEXT,
      percentage: { type: 'object', additionalProperties: { type: 'number' } },
      progressiveRollout: ref('ProgressiveRollout'),
      disable: YES_OR_NO,
    }),
    ScheduledStep: closed({
      ...CHANGEABLE,
      experimentation: ref('ExperimentationRollout'),
      date: MOMENT,
    }),
    ExperimentationDto: closed({ start: MOMENT, end: MOMENT }, 'start', 'end'),
    ExperimentationRollout: closed({ start: MOMENT, end: MOMENT }),
    ProgressiveRollout: closed({
      initial: ref('ProgressiveRolloutStep'),
      end: ref('ProgressiveRolloutStep'),
    }),
    ProgressiveRolloutStep: closed(
      { variation: TEXT, percentage: { type: 'number' }, date: MOMENT },
      'variation',
      'percentage',
      'date',
    ),
  },
};

/** Of the published file; to compare a newer one with it, give its text to {@link digest}. */
export const DIGEST = '4c5c23a488f7c69e51c94c4fd78261fb1d06b793615339a7d5fd238591e92a48';

/** SHA-256 of a schema's meaning: keys sorted, and nothing that is only for people to read. */
export function digest(schema: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(meaning(schema)))
    .digest('hex');
}

function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaning);
  if (typeof value !== 'object' || value === null) return value;
  const said = Object.entries(value).filter(
    // A property of such a name is described by a mapping.
    ([key, each]) => !(['title', 'description'].includes(key) && typeof each === 'string'),
  );
  return Object.fromEntries(
    said.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, meaning(each)]),
  );
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Whether a file, read, is one by the schema; the errors are on the function afterwards. */
export const isFlagFile = new Ajv2020({ formats: { 'date-time': RFC_3339 } }).compile(SCHEMA);
