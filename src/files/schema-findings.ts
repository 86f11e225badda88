import configSchema from '../../schema/config.schema.json' with { type: 'json' };
import rolloutSchema from '../../schema/rollout.schema.json' with { type: 'json' };
import type { Files } from '../generated/files.ts';
import { childOf, type Json, type Path } from '../model/json.ts';
import type { Finding } from '../model/problem.ts';
import { didYouMean, nearest } from '../model/suggest.ts';
import { compileSchemas, type Schema, type SchemaFault } from './json-schema.ts';

const SCHEMAS = {
  'rollout.schema.json': rolloutSchema,
  'config.schema.json': configSchema,
} as const satisfies Readonly<Record<string, Schema>>;

const faultsOf = compileSchemas<keyof typeof SCHEMAS>(SCHEMAS);

/** A file as its schema describes it, or what is wrong with it. */
export type Checked<File> =
  | { readonly kind: 'valid'; readonly file: File }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] };

/**
 * Checks the value of a file with its schema. What is wrong is said to the person who wrote the
 * file: one finding a mistake.
 */
export function checkFile<Kind extends keyof Files>(kind: Kind, value: Json): Checked<Files[Kind]> {
  const faults = faultsOf(`${kind}.schema.json`, value);
  if (faults.length === 0) return { kind: 'valid', file: value as Files[Kind] };
  const findings = new Map<string, Finding>();
  const isEcho = echoesIn(faults);
  for (const fault of faults) {
    if (isEcho(fault)) continue;
    const finding = toFinding(fault, value);
    const missing = fault.keyword === 'required' ? fault.key : undefined;
    const place = JSON.stringify([finding.path, finding.atKey, missing]);
    if (!findings.has(place)) findings.set(place, finding);
  }
  return { kind: 'invalid', findings: [...findings.values()] };
}

/** Finds faults that only follow from another one: a person made one mistake, not two. */
function echoesIn(faults: readonly SchemaFault[]): (fault: SchemaFault) => boolean {
  const placesOf = (keyword: string): ReadonlySet<string> =>
    new Set(faults.flatMap((fault) => (fault.keyword === keyword ? [nameOf(fault.path)] : [])));
  const incomplete = placesOf('required');
  const unknown = placesOf('enum');
  return ({ keyword, path }) => {
    switch (keyword) {
      case 'minProperties':
        return incomplete.has(nameOf(path));
      // One that is none at all is said to be none, not to be another one.
      case 'const':
        return unknown.has(nameOf(path));
      // What may stand beside a `type` depends on it.
      case 'required':
      case 'additionalProperties':
        return unknown.has(nameOf([...path, 'type']));
      default:
        return false;
    }
  };
}

function toFinding({ path, keyword, schema, key = '' }: SchemaFault, value: Json): Finding {
  const expected = inPhrase(schema);
  const subject = nameOf(path);
  const operand = schema[keyword];
  const at = (code: string, message: string, more: Partial<Finding> = {}): Finding => ({
    severity: 'error',
    code,
    message,
    path,
    ...more,
  });
  switch (keyword) {
    case 'propertyNames': {
      const known = schema.enum as readonly string[] | undefined;
      return at('bad-name', `\`${key}\` cannot be a name here`, {
        path: [...path, key],
        atKey: true,
        hint: known ? didYouMean(key, known) : `use ${expected ?? 'another name'}`,
      });
    }
    case 'additionalProperties':
      return at('unknown-key', `unknown key \`${key}\``, {
        path: [...path, key],
        atKey: true,
        hint: didYouMean(key, keysOf(schema)),
      });
    case 'minProperties':
    case 'maxProperties': {
      const bound = keyword === 'minProperties' ? 'at least' : 'at most';
      const keys = keysOf(schema);
      const what = keys.length > 0 ? `of ${keys.join(', ')}` : 'entries';
      return at('bad-value', `${subject} must have ${bound} ${operand} ${what}`);
    }
    case 'required':
      return at('missing-key', `${subject} has no \`${key}\``, { hint: `add \`${key}:\`` });
    case 'enum': {
      const values = (operand as readonly unknown[]).map(String);
      const written = path.reduce<Json | undefined>(childOf, value);
      const meant = typeof written === 'string' ? nearest(written, values) : undefined;
      return at('bad-value', `${subject} must be one of ${values.join(', ')}`, {
        ...(meant ? { hint: `did you mean \`${meant}\`?` } : {}),
      });
    }
    case 'const':
      return at('bad-value', `${subject} must be ${JSON.stringify(operand)}`);
    case 'type':
      return at(
        'wrong-type',
        `${subject} must be ${expected ?? kinds(operand as string | readonly string[])}`,
      );
    case 'pattern':
      return at('bad-value', `${subject} must be ${expected ?? 'written differently'}`);
    default:
      return at('bad-value', `${subject} must ${LIMITS[keyword]?.(operand)}`, {
        ...(expected ? { hint: `use ${expected}` } : {}),
      });
  }
}

/** What a value must do that breaks a limit. */
const LIMITS: Readonly<Record<string, (bound: unknown) => string>> = {
  minimum: (bound) => `be >= ${bound}`,
  maximum: (bound) => `be <= ${bound}`,
  exclusiveMinimum: (bound) => `be > ${bound}`,
  exclusiveMaximum: (bound) => `be < ${bound}`,
  minLength: (bound) => `NOT have fewer than ${bound} characters`,
  maxLength: (bound) => `NOT have more than ${bound} characters`,
  minItems: (bound) => `NOT have fewer than ${bound} items`,
  maxItems: (bound) => `NOT have more than ${bound} items`,
  uniqueItems: () => 'NOT have duplicate items',
};

const keysOf = (schema: Schema): readonly string[] =>
  Object.keys((schema.properties as object) ?? {});

/** A description that goes on after "must be", without its default; others are sentences about the key. */
function inPhrase({ description }: Schema): string | undefined {
  if (typeof description !== 'string') return undefined;
  const [phrase = ''] = description.split('. Default: ', 1);
  return /^[a-z].*[^.]$/.test(phrase) ? phrase : undefined;
}

/** How a sentence calls the value at a path: `stages[2].duration`. */
function nameOf(path: Path): string {
  if (path.length === 0) return 'the file';
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  return `\`${text.replace(/^\./, '')}\``;
}

function kinds(type: string | readonly string[]): string {
  const names: Readonly<Record<string, string>> = {
    object: 'a mapping',
    array: 'a list',
    string: 'text',
    boolean: 'true or false',
    integer: 'a whole number',
    number: 'a number',
    null: 'empty',
  };
  return [type]
    .flat()
    .map((each) => names[each] ?? each)
    .join(' or ');
}
