import configSchema from '../../schema/config.schema.json' with { type: 'json' };
import rolloutSchema from '../../schema/rollout.schema.json' with { type: 'json' };
import { type Fault, validateConfigFile, validateRolloutFile } from '../generated/validators.js';
import type { Json } from '../yaml/json.ts';
import type { Finding } from '../yaml/problem.ts';
import { didYouMean, nearest } from './suggest.ts';

type Node = Readonly<Record<string, unknown>>;

const SCHEMAS: Readonly<Record<string, Node>> = {
  'rollout.schema.json': rolloutSchema,
  'config.schema.json': configSchema,
};

const VALIDATORS = {
  'rollout.schema.json': validateRolloutFile,
  'config.schema.json': validateConfigFile,
};

/**
 * What a schema finds in a value that it does not allow, in words for the person who wrote the
 * file: one finding a mistake.
 */
export function schemaFindings(schema: keyof typeof VALIDATORS, value: Json): readonly Finding[] {
  const validate = VALIDATORS[schema];
  validate(value);
  const errors = validate.errors ?? [];
  const findings = new Map<string, Finding>();
  const isEcho = echoesIn(errors);
  for (const error of errors) {
    if (isEcho(error)) continue;
    const finding = toFinding(error, schema, value);
    const place = JSON.stringify([finding.path, finding.atKey, error.params.missingProperty]);
    if (!findings.has(place)) findings.set(place, finding);
  }
  return [...findings.values()];
}

/** Tells which errors only follow from another one: a person made one mistake, not two. */
function echoesIn(errors: readonly Fault[]): (error: Fault) => boolean {
  const placesOf = (rule: string): ReadonlySet<string> =>
    new Set(errors.flatMap(({ keyword, instancePath: at }) => (keyword === rule ? [at] : [])));
  const incomplete = placesOf('required');
  const unknown = placesOf('enum');
  return ({ keyword, instancePath }) => {
    switch (keyword) {
      // These repeat what the rule inside them has already said.
      case 'if':
      case 'propertyNames':
        return true;
      case 'minProperties':
        return incomplete.has(instancePath);
      // What may stand beside a `type` depends on it.
      case 'required':
      case 'additionalProperties':
        return unknown.has(`${instancePath}/type`);
      default:
        return false;
    }
  };
}

function toFinding(error: Fault, schema: string, value: Json): Finding {
  const path = pathOf(error.instancePath, value);
  const rule = ruleAt(path, schema, value);
  const expected = inPhrase(rule);
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
    const names = inPhrase(settle({ schema, node: (rule.propertyNames ?? {}) as Node }, key).node);
    return at('bad-name', `\`${key}\` cannot be a name here`, {
      path: [...path, key],
      atKey: true,
      hint: known ? didYouMean(key, known) : `use ${names ?? 'another name'}`,
    });
  }
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params.additionalProperty);
      return at('unknown-key', `unknown key \`${key}\``, {
        path: [...path, key],
        atKey: true,
        hint: didYouMean(key, keysOf(rule)),
      });
    }
    case 'minProperties':
    case 'maxProperties': {
      const bound = error.keyword === 'minProperties' ? 'at least' : 'at most';
      const what = keysOf(rule).length > 0 ? `of ${keysOf(rule).join(', ')}` : 'entries';
      return at('bad-value', `${subject} must have ${bound} ${error.params.limit} ${what}`);
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
      return at(
        'wrong-type',
        `${subject} must be ${expected ?? kinds(error.params.type as string | readonly string[])}`,
      );
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

interface Place {
  readonly schema: string;
  readonly node: Node;
}

/**
 * The schema node for the value at a path. An error's own `schemaPath` does not say: inside a
 * `$ref` it counts from there.
 */
function ruleAt(path: readonly (string | number)[], schema: string, value: Json): Node {
  let at: unknown = value;
  let place = settle({ schema, node: SCHEMAS[schema] ?? {} }, at);
  for (const key of path) {
    at = (at as Record<string, unknown> | null)?.[key];
    const { properties, additionalProperties, items } = place.node;
    const child =
      typeof key === 'number' ? items : ((properties as Node)?.[key] ?? additionalProperties);
    place = settle({ ...place, node: (child ?? {}) as Node }, at);
  }
  return place.node;
}

/** Follows `$ref` and `if` to the node that holds for a value. */
function settle({ schema, node }: Place, value: unknown): Place {
  if (typeof node.$ref === 'string') {
    const [file, pointer = ''] = node.$ref.split('#');
    const target = file || schema;
    const found = pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((within, key) => (within as Node)?.[key], SCHEMAS[target]);
    return settle({ schema: target, node: (found ?? {}) as Node }, value);
  }
  if (node.if === undefined) return { schema, node };
  const branch = holds(node.if as Node, value) ? node.then : node.else;
  return settle({ schema, node: (branch ?? {}) as Node }, value);
}

/** The conditions our schemas have: a constant, a type, or these for a property. */
function holds(condition: Node, value: unknown): boolean {
  if ('const' in condition) return value === condition.const;
  if ('type' in condition)
    return condition.type === (Array.isArray(value) ? 'array' : typeof value);
  return Object.entries((condition.properties ?? {}) as Record<string, Node>).every(([key, rule]) =>
    holds(rule, (value as Node | null)?.[key]),
  );
}

const keysOf = (rule: Node): readonly string[] => Object.keys((rule.properties as object) ?? {});

/** A description that goes on after "must be", without its default; others are sentences about the key. */
function inPhrase({ description }: Node): string | undefined {
  if (typeof description !== 'string') return undefined;
  const phrase = description.replace(/\. Default: .*$/, '');
  return /^[a-z].*[^.]$/.test(phrase) ? phrase : undefined;
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
