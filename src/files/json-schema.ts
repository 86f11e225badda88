import { isMapping, type Json, type Path } from '../model/json.ts';

/** A JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

/** One rule of a schema that a value breaks. */
export interface SchemaFault {
  /** Where the value is in the whole. */
  readonly path: Path;
  /** The keyword of the rule: `required`, `type`, … */
  readonly keyword: string;
  /** The part of the schema that has the keyword; of a badly named key, what its name must be. */
  readonly schema: Schema;
  /** The key that is missing, unknown or badly named. */
  readonly key?: string;
}

/** Adds a fault for each rule that a value breaks. The path is changed on the way and restored. */
type Check = (value: Json, path: (string | number)[], faults: SchemaFault[]) => void;

/**
 * Compiles JSON Schemas to functions that list what is wrong with a value. They know the keywords
 * that `schema/` uses and refuse any other, so that no rule is ignored. (Code that ajv compiles for
 * these schemas is 154 KB, a third of all that a tick may load. Tests compare the two.)
 *
 * @param schemas by name, as their `$ref`s call them
 */
export function compileSchemas<Name extends string>(
  schemas: Readonly<Record<Name, Schema>>,
): (name: Name, value: Json) => readonly SchemaFault[] {
  const checks = new Map<Schema, Check>();

  function checkOf(schema: Schema, name: Name): Check {
    const known = checks.get(schema);
    if (known) return known;
    const check =
      typeof schema.$ref === 'string' ? follow(schema.$ref, name) : compile(schema, name);
    checks.set(schema, check);
    return check;
  }

  function compile(schema: Schema, name: Name): Check {
    const below = (part: unknown): Check => checkOf(part as Schema, name);
    const unknown = Object.keys(schema).find((keyword) => !KNOWN.includes(keyword));
    if (unknown) throw new Error(`${name} uses \`${unknown}\`, which json-schema.ts does not know`);
    const all = KNOWN.filter((keyword) => keyword in schema).flatMap((keyword) => {
      const rule = RULES[keyword];
      if (rule) return asCheck(keyword, schema, rule(schema[keyword]));
      return DESCENTS[keyword]?.(schema, below) ?? [];
    });
    return (value, path, faults) => {
      for (const check of all) check(value, path, faults);
    };
  }

  /** Compiled at the first use: a schema may refer to itself. */
  function follow(reference: string, from: Name): Check {
    const [file, pointer = ''] = reference.split('#');
    const name = (file || from) as Name;
    const keys = pointer.split('/').slice(1);
    const found = keys.reduce<unknown>((at, key) => (at as Schema)[key], schemas[name]);
    let check: Check | undefined;
    return (value, path, faults) => {
      check ??= checkOf(found as Schema, name);
      check(value, path, faults);
    };
  }

  return (name, value) => {
    const faults: SchemaFault[] = [];
    checkOf(schemas[name], name)(value, [], faults);
    return faults;
  };
}

/** What a rule asks of a value; one of another type than the rule is about keeps it. */
type SchemaRule = (operand: unknown) => (value: Json) => boolean;

const RULES: Readonly<Record<string, SchemaRule | undefined>> = {
  type: (operand) => {
    const [first, ...others] = [operand].flat().map((type) => TYPES[type as keyof typeof TYPES]);
    return (value) => first?.(value) || others.some((other) => other(value));
  },
  const: (operand) => (value) => value === operand,
  enum: (operand) => (value) => (operand as readonly unknown[]).includes(value),
  minimum: limit(numberIn, (number, least) => number >= least),
  maximum: limit(numberIn, (number, most) => number <= most),
  exclusiveMinimum: limit(numberIn, (number, bound) => number > bound),
  exclusiveMaximum: limit(numberIn, (number, bound) => number < bound),
  minLength: limit(charactersIn, (length, least) => length >= least),
  maxLength: limit(charactersIn, (length, most) => length <= most),
  minItems: limit(itemsIn, (length, least) => length >= least),
  maxItems: limit(itemsIn, (length, most) => length <= most),
  minProperties: limit(keysIn, (count, least) => count >= least),
  maxProperties: limit(keysIn, (count, most) => count <= most),
  pattern: (operand) => {
    const expression = new RegExp(String(operand), 'u');
    return (value) => typeof value !== 'string' || expression.test(value);
  },
  uniqueItems: () => (value) =>
    !Array.isArray(value) ||
    new Set(value.map((item) => JSON.stringify(item))).size === value.length,
};

function limit(
  sizeOf: (value: Json) => number | undefined,
  keeps: (size: number, bound: number) => boolean,
): SchemaRule {
  return (operand) => (value) => {
    const size = sizeOf(value);
    return size === undefined || keeps(size, Number(operand));
  };
}

function numberIn(value: Json): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Characters, not UTF-16 units. */
function charactersIn(value: Json): number | undefined {
  return typeof value === 'string' ? [...value].length : undefined;
}

function itemsIn(value: Json): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}

function keysIn(value: Json): number | undefined {
  return isMapping(value) ? Object.keys(value).length : undefined;
}

const TYPES = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  number: (value) => Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  array: (value) => Array.isArray(value),
  object: (value) => isMapping(value),
} as const satisfies Readonly<Record<string, (value: Json) => boolean>>;

function asCheck(keyword: string, schema: Schema, keeps: (value: Json) => boolean): Check {
  return (value, path, faults) => {
    if (!keeps(value)) faults.push({ path: [...path], keyword, schema });
  };
}

/** Keywords about what is in a value, or about its keys. */
const DESCENTS: Readonly<
  Record<string, ((schema: Schema, below: (part: unknown) => Check) => Check) | undefined>
> = {
  if: (schema, below) => {
    const condition = below(schema.if);
    const [yes, no] = [below(schema.then), below(schema.else)];
    return (value, path, faults) => {
      const broken: SchemaFault[] = [];
      condition(value, path, broken);
      (broken.length === 0 ? yes : no)(value, path, faults);
    };
  },
  items: ({ items }, below) => {
    const check = below(items);
    return (value, path, faults) => {
      if (!Array.isArray(value)) return;
      for (let index = 0; index < value.length; index += 1) {
        checkAt(check, value[index], index, path, faults);
      }
    };
  },
  required: (schema) => {
    const keys = schema.required as readonly string[];
    return (value, path, faults) => {
      if (!isMapping(value)) return;
      for (const key of keys) {
        if (!Object.hasOwn(value, key))
          faults.push({ path: [...path], keyword: 'required', schema, key });
      }
    };
  },
  propertyNames: ({ propertyNames }, below) => {
    const check = below(propertyNames);
    return (value, path, faults) => {
      if (!isMapping(value)) return;
      for (const key of Object.keys(value)) {
        const broken: SchemaFault[] = [];
        check(key, path, broken);
        for (const { schema } of broken) {
          faults.push({ path: [...path], keyword: 'propertyNames', schema, key });
        }
      }
    };
  },
  additionalProperties: (schema, below) => {
    const { additionalProperties: more, properties = {} } = schema;
    const known = new Set(Object.keys(properties as Schema));
    const check = typeof more === 'object' ? below(more) : undefined;
    return (value, path, faults) => {
      if (more === true || !isMapping(value)) return;
      for (const key of Object.keys(value)) {
        if (known.has(key)) continue;
        if (check) checkAt(check, value[key] as Json, key, path, faults);
        else faults.push({ path: [...path], keyword: 'additionalProperties', schema, key });
      }
    };
  },
  properties: (schema, below) => {
    const known = new Map(
      Object.entries(schema.properties as Schema).map(([key, part]) => [key, below(part)]),
    );
    return (value, path, faults) => {
      if (!isMapping(value)) return;
      for (const key of Object.keys(value)) {
        const check = known.get(key);
        if (check) checkAt(check, value[key] as Json, key, path, faults);
      }
    };
  },
};

function checkAt(
  check: Check,
  value: Json,
  key: string | number,
  path: (string | number)[],
  faults: SchemaFault[],
): void {
  path.push(key);
  check(value, path, faults);
  path.pop();
}

/** Keywords that ask nothing of a value: `then` and `else` belong to `if`. */
const SILENT = ['$schema', '$id', '$defs', 'title', 'description', 'then', 'else'];

/** In the order in which faults are listed: a value itself, its keys, then what is in it. */
const KNOWN = [...Object.keys(RULES), ...Object.keys(DESCENTS), ...SILENT];
