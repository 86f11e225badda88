/**
 * Writes what follows from the schemas, which is TypeScript types and the reference page with the
 * rules of a review, and the picture of the house in CONTRIBUTING.md from the imports. `--check`
 * writes nothing and fails if a file is not what they give.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { ALL_RULES } from '../src/review/rules.ts';
import { housePicture, usesInside } from './house.ts';
import { reference } from './reference.ts';

const HEADER = '// Made from schema/ by `npm run generate`. Do not edit.\n';

const read = async (name: string): Promise<JSONSchema> =>
  JSON.parse(await readFile(`schema/${name}.schema.json`, 'utf8'));

/** json-schema-to-typescript knows no if/then/else; short forms are unions to a type. */
function asUnions(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(asUnions);
  if (typeof node !== 'object' || node === null) return node;
  const { if: condition, then: yes, else: no, ...rest } = withNamedKeys(node);
  // A description beside a reference would make a second type of the same shape.
  if (typeof rest.$ref === 'string') return { $ref: rest.$ref.replace('$defs', 'definitions') };
  const mapped = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [
      key === '$defs' ? 'definitions' : key,
      asUnions(value),
    ]),
  );
  if (condition === undefined) return mapped;
  const { description } = mapped;
  return { ...(description ? { description } : {}), anyOf: [asUnions(yes), asUnions(no)] };
}

/** A mapping whose keys are listed has those keys: json-schema-to-typescript ignores `propertyNames`. */
function withNamedKeys(node: object): Record<string, unknown> {
  const { propertyNames, additionalProperties, ...rest } = node as Record<string, unknown>;
  const { enum: names } = (propertyNames ?? {}) as { readonly enum?: readonly string[] };
  if (!names) return { ...node };
  const properties = Object.fromEntries(names.map((name) => [name, additionalProperties]));
  return { ...rest, properties, additionalProperties: false };
}

async function types(rollout: JSONSchema, config: JSONSchema): Promise<string> {
  const options = {
    bannerComment: '',
    additionalProperties: false,
    unreachableDefinitions: false,
    // Counts are for the validator; as tuple types they only get in the way.
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 100 },
  };
  // One compilation, so that what the two files share is declared once.
  const merged = {
    title: 'Files',
    type: 'object',
    additionalProperties: false,
    required: ['rollout', 'config'],
    definitions: {
      ...(asUnions(config.$defs) as object),
      ...(asUnions(rollout.$defs) as object),
    },
    properties: {
      rollout: withoutDefs(asUnions(rollout)),
      config: withoutDefs(asUnions(config)),
    },
  };
  const text = JSON.stringify(merged).replaceAll('rollout.schema.json#', '#');
  return compile(JSON.parse(text), 'Files', options);
}

function withoutDefs(schema: unknown): unknown {
  const { definitions: _, $id: __, $schema: ___, ...rest } = schema as Record<string, unknown>;
  return rest;
}

/** The guide for contributors, with the picture of the house as the imports have it. */
function withHouse(guide: string): string {
  const [start, end] = ['<!-- house -->', '<!-- /house -->'].map((mark) => guide.indexOf(mark));
  if (start === undefined || end === undefined || start < 0 || end < start) {
    throw new Error('CONTRIBUTING.md has no place for the house: <!-- house --> … <!-- /house -->');
  }
  return `${guide.slice(0, start)}<!-- house -->\n${housePicture(usesInside())}\n${guide.slice(end)}`;
}

const rollout = await read('rollout');
const config = await read('config');
const files: Record<string, string> = {
  'src/generated/files.ts': HEADER + (await types(rollout, config)),
  'docs/reference.md': reference(rollout, config, ALL_RULES),
  'CONTRIBUTING.md': withHouse(await readFile('CONTRIBUTING.md', 'utf8')),
};

const check = process.argv.includes('--check');
for (const [path, text] of Object.entries(files)) {
  if (check) {
    const present = await readFile(path, 'utf8').catch(() => '');
    if (present === text) continue;
    process.stderr.write(`${path} is not what schema/ and src/ give. Run: npm run generate\n`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
