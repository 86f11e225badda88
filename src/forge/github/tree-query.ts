import { defined } from '../../defined.ts';
import type { Oid } from '../../model/head.ts';
import { inBatches, type Query } from './batches.ts';
import type { GitHubClient } from './client.ts';

/** A path in a commit's tree. */
export interface TreeEntry {
  readonly path: string;
  /** `100644`, `120000`, … */
  readonly mode: string;
  readonly type: string;
  readonly sha: Oid;
  /** In bytes. */
  readonly size: number;
  /** Its contents, if it was asked for by name and is a file. */
  readonly blob?: BlobAnswer;
}

/** What GraphQL says of a blob. */
export interface BlobAnswer {
  readonly oid?: Oid;
  /** Asked for where nothing else says how large it is. */
  readonly byteSize?: number;
  readonly text?: string | null;
  readonly isBinary?: boolean | null;
  readonly isTruncated?: boolean;
}

/** How a folder is asked for: by its id, or by an expression of a commit that may not have it. */
export interface Named {
  readonly name: string;
  readonly of?: Oid;
}

/** What is in a folder, by name. */
export type Folder = ReadonlyMap<string, TreeEntry & { readonly within?: Folder }>;

/** What is in some folders, each named by its id or by an expression. */
export async function foldersNamed(
  client: GitHubClient,
  folders: readonly Named[],
): Promise<ReadonlyMap<string, Folder>> {
  const once = [...new Map(folders.map((folder) => [folder.name, folder])).values()];
  const answers = await look(
    client,
    once.map(
      ({ name, of }) => ({ kind: 'folder', name, nested: false, ...defined({ of }) }) as const,
    ),
  );
  return new Map(answers.map(({ folder }, i) => [once[i]?.name ?? '', folder ?? new Map()]));
}

type Question =
  | {
      readonly kind: 'file';
      readonly commit: Oid;
      readonly path: string;
      readonly contents: boolean;
    }
  | {
      readonly kind: 'folder';
      /** Its id, or an expression such as `<commit>:rollouts`. */
      readonly name: string;
      /** The commit of an expression, which may have no such folder. */
      readonly of?: Oid;
      /** With what is in its folders. */
      readonly nested: boolean;
    };

interface Answer {
  readonly entry?: TreeEntry;
  readonly folder?: Folder;
}

/** Questions asked in one query, to begin with. */
const BATCH = 100;

export async function look(
  client: GitHubClient,
  questions: readonly Question[],
): Promise<readonly Answer[]> {
  return inBatches(
    client,
    questions,
    BATCH,
    (batch, query) => lookBatch(client, query, batch),
    (question) => (question.kind === 'file' ? question.path : `the folder ${question.name}`),
  );
}

type Variable = readonly [name: string, type: string, value: string];

function variablesOf(question: Question, i: number): readonly Variable[] {
  if (question.kind === 'file') {
    return [
      [`c${i}`, 'GitObjectID!', question.commit],
      [`p${i}`, 'String!', question.path],
    ];
  }
  const { name, of } = question;
  return [
    [`n${i}`, 'String!', name],
    ...(of === undefined ? [] : [[`c${i}`, 'GitObjectID!', of] as const]),
  ];
}

/** What has to be there: commits, and folders that were listed. Empty ones would have no files. */
function missingAmong(
  batch: readonly Question[],
  shown: Readonly<Record<string, unknown>>,
): string | undefined {
  for (const [i, question] of batch.entries()) {
    if (question.kind === 'file') {
      if (!shown[`q${i}`]) return `the commit ${question.commit}`;
    } else if (question.of === undefined) {
      if (!shown[`q${i}`]) return `the folder ${question.name}`;
    } else if (!shown[`c${i}`]) return `the commit ${question.of}`;
  }
  return undefined;
}

interface EntryAnswer {
  readonly name: string;
  readonly type: string;
  readonly mode: number;
  readonly oid: Oid;
  readonly size: number;
  readonly object?: (BlobAnswer & { readonly entries?: readonly EntryAnswer[] }) | null;
}

interface ObjectAnswer {
  readonly file?: EntryAnswer | null;
  readonly entries?: readonly EntryAnswer[];
}

const ENTRY = 'name type mode oid size';
const CONTENTS = 'object { ... on Blob { text isBinary isTruncated } }';
const WITHIN = `object { ... on Tree { entries { ${ENTRY} } } }`;

async function lookBatch(
  { owner, repo }: Pick<GitHubClient, 'owner' | 'repo'>,
  query: Query,
  batch: readonly Question[],
): Promise<readonly Answer[]> {
  const fields = batch.map((question, i) =>
    question.kind === 'file'
      ? `q${i}: object(oid: $c${i}) { ... on Commit {
          file(path: $p${i}) { ${ENTRY} ${question.contents ? CONTENTS : ''} }
        } }`
      : `q${i}: object(expression: $n${i}) { ... on Tree {
          entries { ${ENTRY} ${question.nested ? WITHIN : ''} }
        } } ${question.of === undefined ? '' : `c${i}: object(oid: $c${i}) { oid }`}`,
  );
  const variables = batch.flatMap(variablesOf);
  const declared = variables.map(([variable, type]) => `$${variable}: ${type}`);
  const { repository } = await query<{
    readonly repository: Readonly<Record<string, ObjectAnswer | null>>;
  }>(
    `query ($owner: String!, $repo: String!, ${declared.join(', ')}) {
      repository(owner: $owner, name: $repo) { ${fields.join('\n')} }
    }`,
    {
      owner,
      repo,
      ...Object.fromEntries(variables.map(([variable, , value]) => [variable, value])),
    },
    { missing: ({ repository: shown }) => missingAmong(batch, shown) },
  );
  return batch.map((_, i): Answer => {
    const { file, entries } = repository[`q${i}`] ?? {};
    return {
      ...(file ? { entry: toEntry(file) } : {}),
      ...(entries ? { folder: toFolder(entries) } : {}),
    };
  });
}

function toFolder(entries: readonly EntryAnswer[]): Folder {
  return new Map(
    entries.map((entry) => {
      const within = entry.object?.entries;
      return [entry.name, { ...toEntry(entry), ...(within ? { within: toFolder(within) } : {}) }];
    }),
  );
}

function toEntry({ name, mode, type, oid, size, object }: EntryAnswer): TreeEntry {
  const blob = object && 'text' in object ? { blob: object } : {};
  return { path: name, mode: mode.toString(8).padStart(6, '0'), type, sha: oid, size, ...blob };
}
