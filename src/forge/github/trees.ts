import type { Oid, RefusedFile } from '../forge.ts';
import { foldersOf } from '../git-names.ts';
import { entersIn, type Wanted } from '../wanted.ts';
import { inBatches, type Query } from './batches.ts';
import { type GitHubClient, GitHubError } from './client.ts';

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

/**
 * So many folders are looked into for one listing. They are 20 requests, and far more than rollouts
 * need that have a folder of their own.
 */
const MAX_FOLDERS = 2000;

export interface Listed {
  /** Files, links and submodules. */
  readonly entries: readonly TreeEntry[];
  /** Named paths at which no file can be. */
  readonly misplaced: readonly RefusedFile[];
}

/**
 * What is wanted of a commit, by name and a level of folders after the other: never the whole tree,
 * which GitHub cuts off in a large repository. One request, and one for each level below the second.
 */
export async function listWanted(
  client: GitHubClient,
  commit: Oid,
  wanted: Wanted,
): Promise<Listed> {
  const { paths, under, matches } = wanted;
  const above = [...new Set(paths.flatMap(foldersOf))];
  const ask = (nested: boolean) =>
    look(client, [
      ...paths.map((path) => ({ kind: 'file', commit, path, contents: true }) as const),
      ...above.map((path) => ({ kind: 'file', commit, path, contents: false }) as const),
      ...under.map(
        (folder) =>
          ({
            kind: 'folder',
            name: `${commit}:${folder}`,
            of: commit,
            nested: nested && folder !== '',
          }) as const,
      ),
    ]);
  const answers = await smaller(
    () => ask(true),
    () => ask(false),
  );
  const entryAt = (index: number) => answers[index]?.entry;
  const at = new Map(above.map((path, index) => [path, entryAt(paths.length + index)]));
  const found = new Map<string, TreeEntry>();
  const misplaced: RefusedFile[] = [];
  for (const [index, path] of paths.entries()) {
    const entry = entryAt(index);
    const isFile = (folder: string): boolean => (at.get(folder)?.type ?? 'tree') !== 'tree';
    if (entry?.type === 'tree') misplaced.push({ path, reason: 'folder' });
    else if (entry) found.set(path, { ...entry, path });
    else if (foldersOf(path).some(isFile)) misplaced.push({ path, reason: 'below-a-file' });
  }

  const next: (Named & { readonly path: string })[] = [];
  const collect = (folder: string, entries: Folder): void => {
    for (const [name, entry] of entries) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (entry.type !== 'tree') {
        if (matches(path) && !found.has(path)) found.set(path, { ...entry, path });
      } else if (entersIn(wanted, path)) {
        if (entry.within) collect(path, entry.within);
        else next.push({ path, name: entry.sha });
      }
    }
  };
  for (const [index, folder] of under.entries()) {
    collect(folder, answers[paths.length + above.length + index]?.folder ?? new Map());
  }
  for (let looked = under.length; next.length > 0; ) {
    const level = next.splice(0);
    looked += level.length;
    if (looked > MAX_FOLDERS) throw tooMany(under);
    const folders = await foldersNamed(client, level);
    for (const { path, name } of level) collect(path, folders.get(name) ?? new Map());
  }
  return { entries: [...found.values()], misplaced };
}

function tooMany(under: readonly string[]): GitHubError {
  const where = under.includes('') ? 'in the repository' : `below ${under.join(', ')}`;
  return new GitHubError(
    'refused',
    'POST /graphql',
    `there are more than ${MAX_FOLDERS} folders ${where} in which rollout files may be; let the glob \`rollouts\` in the config begin with a folder that holds little else, such as rollouts/**/*.yaml`,
  );
}

/** Asks for less if GitHub cannot answer so much at once. */
async function smaller<T>(more: () => Promise<T>, less: () => Promise<T>): Promise<T> {
  try {
    return await more();
  } catch (error) {
    const tooMuch = error instanceof GitHubError && /^(ambiguous|too-large)$/.test(error.code);
    if (!tooMuch) throw error;
    return less();
  }
}

/** A folder that is not the same in two commits; absent where there was, or is, none. */
interface Pair {
  readonly path: string;
  readonly before: Named | undefined;
  readonly after: Named | undefined;
}

/** How a folder is asked for: by its id, or by an expression of a commit that may not have it. */
interface Named {
  readonly name: string;
  readonly of?: Oid;
}

/**
 * The wanted files that differ between two commits, a request for each depth at which any do: equal
 * folders have equal ids and are not looked into.
 */
export async function differences(
  client: GitHubClient,
  from: Oid,
  to: Oid,
  wanted: Wanted,
): Promise<readonly string[]> {
  const { paths, under } = wanted;
  const found = new Set<string>();
  const entries = await look(
    client,
    [from, to].flatMap((commit) =>
      paths.map((path) => ({ kind: 'file', commit, path, contents: false }) as const),
    ),
  );
  for (const [index, path] of paths.entries()) {
    const [before, after] = [entries[index]?.entry, entries[paths.length + index]?.entry];
    if (!isSame(before, after)) found.add(path);
  }
  let level: readonly Pair[] = under.map((path) => ({
    path,
    before: { name: `${from}:${path}`, of: from },
    after: { name: `${to}:${path}`, of: to },
  }));
  for (let looked = 0; level.length > 0; ) {
    looked += level.length;
    if (looked > MAX_FOLDERS) throw tooMany(under);
    const names = level
      .flatMap(({ before, after }) => [before, after])
      .filter((each) => each !== undefined);
    const folders = await foldersNamed(client, names);
    const next: Pair[] = [];
    for (const pair of level) {
      const at = (folder: Named | undefined) => (folder && folders.get(folder.name)) ?? new Map();
      compare(pair.path, at(pair.before), at(pair.after), wanted, next, found);
    }
    level = next;
  }
  return [...found];
}

const isSame = (a: TreeEntry | undefined, b: TreeEntry | undefined): boolean =>
  a?.sha === b?.sha && a?.mode === b?.mode;

/** Compares two folders: what differs in them is found, or looked into next. */
function compare(
  folder: string,
  before: Folder,
  after: Folder,
  wanted: Wanted,
  next: Pair[],
  found: Set<string>,
): void {
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(name), after.get(name)];
    if (isSame(old, now)) continue;
    const path = folder === '' ? name : `${folder}/${name}`;
    const treeOf = (entry: TreeEntry | undefined): Named | undefined =>
      entry?.type === 'tree' ? { name: entry.sha } : undefined;
    if ((treeOf(old) ?? treeOf(now)) !== undefined && entersIn(wanted, path)) {
      next.push({ path, before: treeOf(old), after: treeOf(now) });
    }
    const isFile = [old, now].some((entry) => entry !== undefined && entry.type !== 'tree');
    if (isFile && wanted.matches(path)) found.add(path);
  }
}

/** What is in a folder, by name. */
type Folder = ReadonlyMap<string, TreeEntry & { readonly within?: Folder }>;

/** What is in some folders, each named by its id or by an expression. */
async function foldersNamed(
  client: GitHubClient,
  folders: readonly Named[],
): Promise<ReadonlyMap<string, Folder>> {
  const once = [...new Map(folders.map((folder) => [folder.name, folder])).values()];
  const answers = await look(
    client,
    once.map(
      ({ name, of }) =>
        ({ kind: 'folder', name, nested: false, ...(of === undefined ? {} : { of }) }) as const,
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

async function look(
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
