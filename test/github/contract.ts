import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { isUndocumented } from './undocumented.ts';

type Schema = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Description {
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly method: string;
        readonly path: string;
        readonly parameters: readonly (Parameter | { readonly $ref: string })[];
        readonly requestBody: (Content & { readonly required?: boolean }) | null;
        readonly responses: Readonly<Record<string, Content | { readonly $ref: string }>>;
      }
    >
  >;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, Content>>;
  };
}

/** An operation of GitHub's description that a request was found to be. */
export interface Operation {
  readonly id: string;
  /** Path parameters, decoded, numbers as numbers. */
  readonly path: Readonly<Record<string, unknown>>;
}

export interface CheckedRequest {
  readonly query: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

/** GitHub's OpenAPI description, as far as our server answers it, held against what is said. */
export interface Contract {
  find(method: string, path: string): Operation | undefined;
  request(operation: Operation, query: URLSearchParams, body: unknown): CheckedRequest;
  /** What is wrong with an answer. `type` is its media type, without parameters. */
  response(id: string, status: number, type: string | undefined, body: unknown): readonly string[];
}

/** Parameters that run over slashes: GitHub takes `git/ref/heads/a/b` as well as `heads%2Fa%2Fb`. */
const LONG = new Set(['ref', 'path', 'base', 'head', 'branch']);

/** Reads the extract that `scripts/extract-github-api.ts` wrote. */
export function readContract(file = join(import.meta.dirname, 'openapi.json')): Contract {
  return contract(JSON.parse(readFileSync(file, 'utf8')));
}

function contract(description: Description): Contract {
  const { operations, components } = description;
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, inlineRefs: false });
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
  ajv.addFormat('uri', /^[a-z]+:\/\/\S+$/);
  for (const ignored of ['email', 'int64', 'repo.nwo', 'timestamp']) ajv.addFormat(ignored, true);
  ajv.addSchema({
    $id: 'github',
    components: { schemas: closed(components.schemas) },
  });

  const routes = Object.entries(operations).map(([id, { method, path }]) => ({
    id,
    method,
    names: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name)),
    pattern: new RegExp(
      `^${path
        .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
        .replace(/\{(\w+)\}/g, (_, name) => (LONG.has(name) ? '(.*)' : '([^/]+)'))
        // The root folder's contents are asked for with and without the last slash.
        .replace(/\/contents\/\(\.\*\)$/, '/contents(?:/(.*))?')}$`,
    ),
  }));
  // The most particular route first: `git/ref/{ref}` must not swallow what has a route of its own.
  routes.sort((a, b) => weight(a.pattern) - weight(b.pattern));

  const compiled = new Map<string, ValidateFunction>();
  function validator(key: string, schema: () => Schema): ValidateFunction {
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const made = ajv.compile(schema());
    compiled.set(key, made);
    return made;
  }

  function parameters(id: string): readonly Parameter[] {
    return (operations[id]?.parameters ?? []).map((parameter) => {
      if (!('$ref' in parameter)) return parameter;
      const shared = components.parameters[lastPart(parameter.$ref)];
      if (shared === undefined) throw new Error(`${parameter.$ref} is not in the extract`);
      return shared;
    });
  }

  return {
    find(method, path) {
      for (const route of routes) {
        const match = route.method === method ? route.pattern.exec(path) : null;
        if (match === null) continue;
        const values: Record<string, unknown> = {};
        const described = parameters(route.id);
        for (const [index, name] of route.names.entries()) {
          const schema = described.find((p) => p.name === name)?.schema;
          values[name] = coerced(decodeURIComponent(match[index + 1] ?? ''), schema);
        }
        return { id: route.id, path: values };
      }
      return undefined;
    },

    request(operation, search, body) {
      const described = parameters(operation.id);
      const query: Record<string, unknown> = {};
      for (const [name, value] of search) {
        const schema = described.find((p) => p.in === 'query' && p.name === name)?.schema;
        query[name] = coerced(value, schema);
      }
      const problems = [
        ...complaints(
          validator(`${operation.id} path`, () => parameterSchema(described, 'path')),
          operation.path,
          'path',
        ),
        ...complaints(
          validator(`${operation.id} query`, () => parameterSchema(described, 'query')),
          query,
          'query',
        ),
        ...bodyProblems(operation.id, body),
      ];
      return { query, problems };
    },

    response(id, status, type, body) {
      const documented = operations[id]?.responses[String(status)];
      if (documented === undefined) {
        return isUndocumented(id, status) ? basicError(body) : [`${id} never answers ${status}`];
      }
      const { content } =
        '$ref' in documented
          ? (components.responses[lastPart(documented.$ref)] ?? {})
          : (documented as Content);
      // An error is documented as a basic error or as nothing; what we send must read like one.
      if (status >= 400) return basicError(body);
      if (content === undefined) {
        return body === undefined ? [] : [`${id} answers ${status} without a body`];
      }
      if (type !== 'application/json' && type?.startsWith('application/vnd.github') === true) {
        // Raw files and diffs are bytes, which no schema says anything about.
        return typeof body === 'string' ? [] : [`${id}: ${type} is text`];
      }
      const schema = content['application/json']?.schema ?? {};
      return complaints(
        validator(`${id} ${status}`, () => closed(schema) as Schema),
        body,
        'answer',
      );
    },
  };

  function bodyProblems(id: string, body: unknown): readonly string[] {
    const described = operations[id]?.requestBody ?? null;
    if (described === null) return body === undefined ? [] : [`${id} takes no body`];
    if (body === undefined) return described.required === true ? [`${id} needs a body`] : [];
    const schema = described.content?.['application/json']?.schema ?? {};
    return complaints(
      validator(`${id} body`, () => closed(schema) as Schema),
      body,
      'body',
    );
  }
}

function weight(pattern: RegExp): number {
  return pattern.source.split('(.*)').length * 100 + pattern.source.split('([^/]+)').length;
}

function lastPart(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf('/') + 1);
}

function coerced(text: string, schema: Schema | undefined): unknown {
  if (schema?.type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  if (schema?.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function parameterSchema(parameters: readonly Parameter[], where: string): Schema {
  const here = parameters.filter((parameter) => parameter.in === where);
  return {
    type: 'object',
    properties: Object.fromEntries(here.map(({ name, schema }) => [name, closed(schema ?? {})])),
    required: here.filter(({ required }) => required === true).map(({ name }) => name),
    additionalProperties: false,
  };
}

function complaints(validate: ValidateFunction, value: unknown, where: string): readonly string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const extra = 'additionalProperty' in params ? ` (${params.additionalProperty})` : '';
    return `${where}${instancePath} ${message}${extra}`;
  });
}

function basicError(body: unknown): readonly string[] {
  const fine = typeof body === 'object' && body !== null && 'message' in body;
  return fine ? [] : ['an error carries a message'];
}

/**
 * OpenAPI 3.0 as JSON Schema, and closed: where an object's properties are listed, no others may
 * be there. That is stricter than GitHub, which ignores a misspelt field; it is what makes a
 * misspelt field show. Parts of an `allOf` stay open, since each describes only some properties.
 */
function closed(schema: unknown, open = false): unknown {
  if (Array.isArray(schema)) return schema.map((part) => closed(part, open));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, ...rest } = schema as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (key === '$ref') result[key] = `github${value}`;
    else if (key === 'properties') result[key] = mapped(value);
    else if (key === 'enum' || key === 'required') result[key] = value;
    else result[key] = closed(value, key === 'allOf');
  }
  if (!open && result.properties !== undefined && result.additionalProperties === undefined) {
    result.additionalProperties = false;
  }
  return nullable === true ? { anyOf: [{ type: 'null' }, result] } : result;
}

function mapped(properties: unknown): unknown {
  return Object.fromEntries(
    Object.entries(properties as Record<string, unknown>).map(([name, child]) => [
      name,
      closed(child),
    ]),
  );
}
