/**
 * Writes what follows from the schemas: TypeScript types, compiled validators and the reference
 * page. `--check` writes nothing and fails where a file is not what the schemas give.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Ajv, type SchemaObject } from 'ajv';
import standaloneModule from 'ajv/dist/standalone/index.js';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { reference } from './reference.ts';

// ajv is CommonJS: under Node's ESM the default export is one level down.
const standalone = ('default' in standaloneModule
  ? standaloneModule.default
  : standaloneModule) as unknown as (ajv: Ajv, refs: Record<string, string>) => string;

const HEADER = '// Made from schema/ by `npm run generate`. Do not edit.\n';

type Schema = JSONSchema & SchemaObject;

const read = async (name: string): Promise<Schema> =>
  JSON.parse(await readFile(`schema/${name}.schema.json`, 'utf8'));

/** json-schema-to-typescript knows no if/then/else; short forms are unions to a type. */
function asUnions(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(asUnions);
  if (typeof node !== 'object' || node === null) return node;
  const { if: condition, then: yes, else: no, ...rest } = node as Record<string, unknown>;
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

async function types(rollout: Schema, config: Schema): Promise<string> {
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

/** What ajv compiles: it tells all that is wrong, and where. */
function compiled(rollout: Schema, config: Schema): string {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
    // Descriptions are for people; the compiled code would carry a copy of them all.
    schemas: [rollout, config].map(withoutWords),
    code: { source: true, esm: true },
  });
  const code = standalone(ajv, {
    validateRolloutFile: 'rollout.schema.json',
    validateConfigFile: 'config.schema.json',
  });
  return asModule(code);
}

/** A compiled validator carries a copy of its schema; the schema itself is in the bundle already. */
function withSchemas(code: string): string {
  return code.replace(
    /const (schema\d+) = \{"\$schema":"[^"]*","\$id":"(rollout|config)\.schema\.json".*?\};(?=const|function)/g,
    (_, name, file) =>
      `import ${name} from '../../schema/${file}.schema.json' with { type: 'json' };`,
  );
}

/** What ajv writes, inline, for each way in which a file can be wrong. */
const INLINE =
  /const (err\d+) = \{instancePath(?::(.+?))?,schemaPath:"[^"]*",keyword:"(\w+)",params:(\{.*?\}),message:("(?:[^"\\]|\\.)*"(?:\+.+?)?)(?:,propertyName:(\w+))?\};if\(vErrors === null\)\{vErrors = \[\1\];\}else \{vErrors\.push\(\1\);\}errors\+\+;/g;

/** The rules of which people are told in ajv's words; `src/rollout/schema-findings.ts` has its own for others. */
const IN_AJVS_WORDS = /^(?:exclusive|max|min)(?!Properties)|^uniqueItems$/;

/**
 * What only says whether a file is valid: less than half of what also says why not. Every start
 * reads this; the other, runs that meet a file with a mistake.
 */
function asGuards(code: string): string {
  const guards = code
    .replace(INLINE, 'errors++;')
    // Of a schema, the names of the keys are looked up.
    .replace(/const (schema\d+) = (\{.*?\});(?=const|function|export)/g, (_, name, schema) => {
      const { properties = {} } = JSON.parse(schema) as { readonly properties?: object };
      const names = Object.fromEntries(Object.keys(properties).map((key) => [key, true]));
      return `const ${name} = ${JSON.stringify({ properties: names })};`;
    })
    // Inside of a condition a fault is made to be forgotten.
    .replace(
      /const (err\d+) = \{\};if\(vErrors === null\)\{vErrors = \[\1\];\}else \{vErrors\.push\(\1\);\}/g,
      '',
    )
    .replace(
      /if\(vErrors !== null\)\{if\((\w+)\)\{vErrors\.length = \1;\}else \{vErrors = null;\}\}/g,
      '',
    )
    // What another validator found is counted as one.
    .replace(
      /vErrors = vErrors === null \? (validate\d+)\.errors : vErrors\.concat\(\1\.errors\);errors = vErrors\.length;/g,
      'errors++;',
    )
    .replace(/let vErrors = null;|validate\d+\.errors = vErrors;/g, '')
    .replace(/, \{instancePath\b[^{}]*\}(?:=\{\})?\)/g, ')');
  if (/vErrors|instancePath/.test(guards)) throw new Error('ajv writes faults in another way now');
  return guards;
}

/** Makes a call of each place where ajv writes 300 characters for a fault. There are 550 places. */
function withCalls(code: string): string {
  const shorter = code.replace(INLINE, (_, __, at, rule, params, message, name) => {
    const place = at ?? 'instancePath';
    const said = IN_AJVS_WORDS.test(rule) ? message : 'undefined';
    return `vErrors = fault(vErrors,${place},"${rule}",${params},${said}${name ? `,${name}` : ''});errors++;`;
  });
  if (shorter.includes('schemaPath:')) throw new Error('ajv writes faults in another way now');
  return FAULT + shorter;
}

const FAULT = `function fault(faults, instancePath, keyword, params, message, propertyName) {
  const one = { instancePath, keyword, params, message, propertyName };
  if (faults === null) return [one];
  faults.push(one);
  return faults;
}
`;

/** ajv writes `require` for its helpers even into ES modules; an import works everywhere. */
function asModule(code: string): string {
  const imports: string[] = [];
  const body = code.replace(
    /require\("(ajv\/dist\/runtime\/(\w+))"\)\.default/g,
    (_, path, name) => {
      const line = `import ${name} from '${path}.js';\n`;
      if (!imports.includes(line)) imports.push(line);
      return `(${name}.default ?? ${name})`;
    },
  );
  return imports.join('') + body;
}

function withoutWords(node: Schema): Schema {
  return JSON.parse(JSON.stringify(node), (key, value) =>
    (key === 'description' || key === 'title') && typeof value === 'string' ? undefined : value,
  );
}

const rollout = await read('rollout');
const config = await read('config');
const code = compiled(rollout, config);
const files: Record<string, string> = {
  'src/generated/files.ts': HEADER + (await types(rollout, config)),
  'src/generated/guards.js': HEADER + asGuards(code),
  'src/generated/guards.d.ts': `${HEADER}import type { ConfigFile, RolloutFile } from './files.ts';

export declare function validateRolloutFile(value: unknown): value is RolloutFile;
export declare function validateConfigFile(value: unknown): value is ConfigFile;
`,
  'src/generated/validators.js': HEADER + withCalls(withSchemas(code)),
  'src/generated/validators.d.ts': `${HEADER}
/** What a file breaks: an error of ajv's, without what nobody here asks for. */
export interface Fault {
  readonly instancePath: string;
  /** The rule: \`required\`, \`type\`, … */
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Only of rules that count or measure. */
  readonly message: string | undefined;
  /** Where the name of a key is what is wrong. */
  readonly propertyName: string | undefined;
}

interface Validate {
  (value: unknown): boolean;
  errors?: readonly Fault[] | null;
}
export declare const validateRolloutFile: Validate;
export declare const validateConfigFile: Validate;
`,
  'docs/reference.md': reference(rollout, config),
};

const check = process.argv.includes('--check');
for (const [path, text] of Object.entries(files)) {
  if (check) {
    const present = await readFile(path, 'utf8').catch(() => '');
    if (present === text) continue;
    process.stderr.write(`${path} is not what schema/ gives. Run: npm run generate\n`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
