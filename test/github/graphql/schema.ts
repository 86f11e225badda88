import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLSchema } from 'graphql';

// By its path: the package exports the text only along with five megabytes of it as JSON.
const FILE = join(
  import.meta.dirname,
  '../../../node_modules/@octokit/graphql-schema/schema.graphql',
);

let schema: GraphQLSchema | undefined;

/** GitHub's own schema: a megabyte that takes an eighth of a second, once. */
export function githubSchema(): GraphQLSchema {
  schema ??= buildSchema(readFileSync(FILE, 'utf8'), { assumeValid: true, noLocation: true });
  return schema;
}
