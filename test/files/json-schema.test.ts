import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { compileSchemas } from '../../src/files/json-schema.ts';
import { checkFile } from '../../src/files/schema-findings.ts';
import type { Json } from '../../src/model/json.ts';
import { parseYaml } from '../../src/yaml/parse.ts';

/** What is put in the place of a value. */
const OTHERS: readonly Json[] = [
  null,
  -1,
  0.5,
  1e9,
  '',
  '5%',
  'something else',
  'x'.repeat(501),
  [],
  ['mon', 'mon'],
  Array(101).fill('name'),
  {},
  true,
];

/** A value, and what it becomes when one thing in it is missing, another, or new. */
function* variations(value: Json): Generator<Json> {
  yield value;
  yield* OTHERS;
  if (Array.isArray(value)) {
    yield [...value, ...value];
    for (const [index, item] of value.slice(0, 3).entries()) {
      for (const other of variations(item)) yield value.with(index, other);
    }
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, unheard: 'of' };
    yield { ...value, 'no name': {} };
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Record<string, Json>;
      yield rest;
      for (const other of variations(item)) yield { ...value, [key]: other };
    }
  }
}

/** The values of the files in a folder that are YAML, less a few that are large. */
function valuesIn(folder: string): readonly Json[] {
  return readdirSync(folder).flatMap((name) => {
    try {
      return [parseYaml(readFileSync(`${folder}/${name}`, 'utf8'), { maxLength: 4000 }).value];
    } catch {
      return [];
    }
  });
}

const ajv = new Ajv({
  allowUnionTypes: true,
  strictTypes: false,
  strictRequired: false,
  schemas: ['rollout', 'config'].map((name) =>
    JSON.parse(readFileSync(`schema/${name}.schema.json`, 'utf8')),
  ),
});

describe('a file is valid if it is valid to ajv', () => {
  it.each([
    { kind: 'rollout', folders: ['rollouts', 'test/corpus/rollouts'] },
    { kind: 'config', folders: ['test/corpus/config'] },
  ] as const)('$kind', ({ kind, folders }) => {
    let compared = 0;
    for (const file of folders.flatMap(valuesIn)) {
      for (const value of variations(file)) {
        const expected = ajv.validate(`${kind}.schema.json`, value);
        const actual = checkFile(kind, value).kind === 'valid';
        if (actual !== expected) expect.fail(`ajv: ${expected}, of ${JSON.stringify(value)}`);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(3000);
  });
});

describe('a schema', () => {
  /** The faults of a value, in a schema of that much. */
  const faults = (schema: object, value: Json) =>
    compileSchemas({ it: schema as Record<string, unknown> })('it', value).map(
      ({ path, keyword, key }) => [path.join('.'), keyword, ...(key === undefined ? [] : [key])],
    );

  it('is refused if it has an unknown keyword, which would otherwise check nothing', () => {
    expect(() => faults({ type: 'object', dependentRequired: { a: ['b'] } }, {})).toThrow(
      /dependentRequired/,
    );
  });

  it('may refer to itself', () => {
    const tree = { type: 'object', properties: { below: { $ref: 'it#' } } };
    expect(faults(tree, { below: { below: { below: 1 } } })).toEqual([
      ['below.below.below', 'type'],
    ]);
  });

  it('counts characters, not UTF-16 units', () => {
    expect(faults({ maxLength: 2 }, '😀😀')).toEqual([]);
    expect(faults({ minLength: 3 }, '😀😀')).toEqual([['', 'minLength']]);
  });

  it('looks at the keys of a mapping itself, not at inherited ones', () => {
    expect(faults({ required: ['constructor'] }, {})).toEqual([['', 'required', 'constructor']]);
    expect(faults({ properties: {}, additionalProperties: false }, { toString: 1 })).toEqual([
      ['', 'additionalProperties', 'toString'],
    ]);
  });

  it('lists all faults of a value, not the first', () => {
    const person = {
      required: ['name'],
      additionalProperties: false,
      properties: { name: {}, tags: { items: { enum: ['a', 'b'] } } },
    };
    expect(faults(person, { tags: ['a', 'c', 'd'], age: 3 })).toEqual([
      ['', 'required', 'name'],
      ['', 'additionalProperties', 'age'],
      ['tags.1', 'enum'],
      ['tags.2', 'enum'],
    ]);
  });
});
