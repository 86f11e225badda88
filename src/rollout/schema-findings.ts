import type { ErrorObject } from 'ajv';
import configSchema from '../../schema/config.schema.json' with { type: 'json' };
import rolloutSchema from '../../schema/rollout.schema.json' with { type: 'json' };
import type { Json } from '../yaml/json.ts';
import type { Finding } from '../yaml/problem.ts';
import { didYouMean, nearest } from './suggest.ts';

type Node = Readonly<Record<string, unknown>>;

const SCHEMAS: Readonly<Record<string, Node>> = {
  'rollout.schema.json': rolloutSchema,
  'config.schema.json': configSchema,
};

/**
 * What a schema found, in words for the person who wrote the file: one finding a mistake.
 *
 * @param schema the schema that validated: `rollout.schema.json` or `config.schema.json`
 */
export function schemaFindings(
  errors: readonly ErrorObject[],
  schema: keyof typeof SCHEMAS,
  value: Json,
): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const error of errors) {
    // "if" and "propertyNames" only repeat what the rule inside them has already said.
    if (error.keyword === 'if' || error.keyword === 'propertyNames') continue;
    const finding = toFinding(error, schema, value);
    const place = JSON.stringify([finding.path, finding.atKey]);
    if (!findings.has(place)) findings.set(place, finding);
  }
  return [...findings.values()];
}

function toFinding(error: ErrorObject, schema: string, value: Json): Finding {
  const path = pathOf(error.instancePath, value);
  const rule = ruleAt(error.schemaPath, schema);
  const expected = typeof rule.description === 'string' ? rule.description : undefined;
  const at = (code: string, message: string, more: Partial<Finding> = {}): Finding => ({
    severity: 'error',
    code,
    message,
    path,
    ...more,
  });
  const subject = nameOf(path);

  if (error.propertyName !== undefined) {
    const key = error.propertyName;
    const known = error.params.allowedValues as readonly string[] | undefined;
    return at('bad-name', `\`${key}\` cannot be a name here`, {
      path: [...path, key],
      atKey: true,
      hint: known ? didYouMean(key, known) : `use ${expected ?? 'another name'}`,
    });
  }
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params.additionalProperty);
      return at('unknown-key', `unknown key \`${key}\``, {
        path: [...path, key],
        atKey: true,
        hint: didYouMean(key, Object.keys((rule.properties as object | undefined) ?? {})),
      });
    }
    case 'required':
      return at(
        'missing-key',
        `${path.length === 0 ? 'the file' : subject} has no \`${error.params.missingProperty}\``,
        { hint: `add \`${error.params.missingProperty}:\`` },
      );
    case 'enum': {
      const values = (error.params.allowedValues as readonly unknown[]).map(String);
      const written = valueAt(value, path);
      const meant = typeof written === 'string' ? nearest(written, values) : undefined;
      return at('bad-value', `${subject} must be one of ${values.join(', ')}`, {
        ...(meant ? { hint: `did you mean \`${meant}\`?` } : {}),
      });
    }
    case 'const':
      return at('bad-value', `${subject} must be ${JSON.stringify(error.params.allowedValue)}`);
    case 'type':
      return at('wrong-type', `${subject} must be ${expected ?? kinds(error.params.type)}`);
    case 'pattern':
      return at('bad-value', `${subject} must be ${expected ?? 'written differently'}`);
    default:
      return at('bad-value', `${subject} ${error.message ?? 'is not valid'}`, {
        ...(expected ? { hint: `use ${expected}` } : {}),
      });
  }
}

/** A JSON pointer as a path: indices of lists are numbers, as they are in the value. */
function pathOf(pointer: string, value: Json): readonly (string | number)[] {
  const path: (string | number)[] = [];
  let at: unknown = value;
  for (const escaped of pointer.split('/').slice(1)) {
    const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(at) ? Number(key) : key);
    at = (at as Readonly<Record<string, unknown>> | undefined)?.[key];
  }
  return path;
}

function valueAt(value: Json, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], value);
}

/** The schema node whose rule was broken: `#/$defs/stage/additionalProperties` → the stage. */
function ruleAt(schemaPath: string, schema: string): Node {
  const [file, pointer] = schemaPath.split('#');
  const keys = (pointer ?? '').split('/').slice(1, -1).map(decodeURIComponent);
  let node: unknown = SCHEMAS[file || schema];
  for (const key of keys) node = (node as Node | undefined)?.[key];
  return (node as Node | undefined) ?? {};
}

/** How a sentence calls the value at a path: `stages[2].duration`. */
function nameOf(path: readonly (string | number)[]): string {
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
