import {
  type DocumentNode,
  defaultFieldResolver,
  execute,
  type GraphQLError,
  type GraphQLFieldResolver,
  Kind,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import type { Urls } from '../shape/urls.ts';
import { nodeId } from '../shape/urls.ts';
import { RequestError } from '../state/refusal.ts';
import type { Token } from '../state/token.ts';
import type { World } from '../state/world.ts';
import { type Context, permitted, refusal } from './context.ts';
import { commentNode } from './issues.ts';
import {
  createCommitOnBranch,
  disablePullRequestAutoMerge,
  enablePullRequestAutoMerge,
} from './mutations.ts';
import { viewerNode } from './people.ts';
import { pullConnection, repositoryNode } from './repository.ts';
import { githubSchema } from './schema.ts';

/** A GraphQL request that could be read: what it asks for at the top, and whether it changes it. */
export interface Question {
  readonly name: string;
  readonly mutates: boolean;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What is wrong with it before it is even run. */
  readonly problems: readonly string[];
}

export function readQuestion(body: unknown): Question | undefined {
  if (typeof body !== 'object' || body === null || !('query' in body)) return undefined;
  const { query } = body;
  if (typeof query !== 'string') return undefined;
  const variables = 'variables' in body && isRecord(body.variables) ? body.variables : {};
  const document = parsed(query);
  if (document === undefined) return undefined;
  const operation = document.definitions.find((part) => part.kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return undefined;
  const fields = operation.selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [selection.name.value] : [],
  );
  const declared = new Set((operation.variableDefinitions ?? []).map((v) => v.variable.name.value));
  return {
    name: `graphql/${[...new Set(fields)].join('+')}`,
    mutates: operation.operation === OperationTypeNode.MUTATION,
    document,
    variables,
    problems: [
      ...validate(githubSchema(), document).map(({ message }) => message),
      // GitHub ignores a variable that nothing declares; here it is most likely misspelt.
      ...Object.keys(variables)
        .filter((name) => !declared.has(name))
        .map((name) => `variable $${name} is not declared`),
      ...Object.keys(body)
        .filter((name) => name !== 'query' && name !== 'variables' && name !== 'operationName')
        .map((name) => `a GraphQL request has no "${name}"`),
    ],
  };
}

function parsed(query: string): DocumentNode | undefined {
  try {
    return parse(query);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Runs it. `missing` is told of every field that the schema has and our server does not. */
export async function answerQuestion(
  question: Question,
  options: {
    readonly world: World;
    readonly urls: Urls;
    readonly token: Token;
    readonly missing: (what: string) => void;
  },
): Promise<unknown> {
  const { world, urls, token } = options;
  const context: Context = {
    world,
    urls,
    token,
    actor: { account: token.account, kind: token.kind },
    repositoryNode: (stored) => repositoryNode(context, stored),
    pullConnection: (stored, pulls, args) => pullConnection(context, stored, pulls, args),
  };
  const { data, errors } = await execute({
    schema: githubSchema(),
    document: question.document,
    variableValues: question.variables,
    rootValue: question.mutates ? mutations(context) : queries(context),
    fieldResolver: strict(options.missing),
  });
  if (errors === undefined) return { data };
  return { ...(data === undefined ? {} : { data }), errors: errors.map(shape) };
}

function queries(context: Context) {
  return {
    repository: ({ owner, name }: { readonly owner: string; readonly name: string }) =>
      repositoryNode(context, permitted(context, `${owner}/${name}`, ['metadata', 'read'])),
    viewer: () => viewerNode(context),
    node: ({ id }: { readonly id: string }) => node(context, id),
    rateLimit: () => ({ limit: 5000, cost: 1, remaining: 4999, used: 1, nodeCount: 0 }),
  };
}

/** Anything by its global id; here a comment alone, which is all that is asked for. */
function node(context: Context, id: string) {
  for (const stored of context.world.repositories.values()) {
    const comment = stored.comments.find((each) => nodeId('IC', each.id) === id);
    if (!comment) continue;
    permitted(context, stored.fullName, ['metadata', 'read']);
    return commentNode(context, stored, comment);
  }
  throw refusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
}

type Mutation<Input> = (args: { readonly input: Input }) => unknown;

function mutations(context: Context) {
  const mutation =
    <Input>(run: (context: Context, input: Input) => unknown): Mutation<Input> =>
    ({ input }) =>
      run(context, input);
  return {
    createCommitOnBranch: mutation(createCommitOnBranch),
    enablePullRequestAutoMerge: mutation(enablePullRequestAutoMerge),
    disablePullRequestAutoMerge: mutation(disablePullRequestAutoMerge),
  };
}

/** A field we have nothing for would quietly come out as null: say so instead. */
function strict(missing: (what: string) => void): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, context, info) => {
    if (!isRecord(source) || !(info.fieldName in source)) {
      const what = `the test server has no ${info.parentType.name}.${info.fieldName}`;
      missing(what);
      throw new Error(what);
    }
    return defaultFieldResolver(source, args, context, info);
  };
}

function shape(error: GraphQLError) {
  const { message, locations, path, extensions, originalError } = error;
  const type =
    extensions.type ?? (originalError instanceof RequestError ? 'UNPROCESSABLE' : undefined);
  return {
    ...(type === undefined ? {} : { type }),
    ...(path === undefined ? {} : { path }),
    ...(type === 'FORBIDDEN' ? { extensions: { saml_failure: false } } : {}),
    ...(locations === undefined ? {} : { locations }),
    message,
  };
}
