import { entryType, type Signature, type TreeEntry } from '../git/objects.ts';
import type { ObjectInfo } from '../git/reader.ts';
import { htmlUrl } from '../shape/repository.ts';
import { nodeId, time } from '../shape/urls.ts';
import { accountOf } from '../state/authors.ts';
import type { PullIssue, StoredRepository } from '../state/repository.ts';
import { connection } from './connection.ts';
import type { Context, ListArguments } from './context.ts';
import { accountNode } from './people.ts';

/** GitHub gives a blob's text only up to here; beyond, `isTruncated` says so. */
const LONGEST_TEXT = 512_000;

interface HistoryArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly path?: string | null;
  readonly since?: string | null;
  readonly until?: string | null;
}

/** Whatever an expression (`main:path`, a branch, an id) stands for, or null. */
export async function gitObject(context: Context, stored: StoredRepository, name: string) {
  const visible = await throughLag(stored, name);
  const info = await stored.git.info(visible);
  if (info === undefined) return null;
  return objectNode(context, stored, info);
}

/** A branch at the front of an expression may be shown as it was a moment ago. */
async function throughLag(stored: StoredRepository, name: string): Promise<string> {
  const [front = '', ...rest] = name.split(':');
  const branch = front.replace(/^refs\/heads\//, '');
  const at = await stored.visibleRef(`refs/heads/${branch}`);
  return at === undefined ? name : [at.oid, ...rest].join(':');
}

function objectNode(context: Context, stored: StoredRepository, info: ObjectInfo) {
  if (info.type === 'commit') return commitNode(context, stored, info.oid);
  if (info.type === 'tree') return treeNode(context, stored, info.oid);
  return info.type === 'blob' ? blobNode(context, stored, info) : null;
}

function gitNode(context: Context, stored: StoredRepository, kind: string, oid: string) {
  return {
    id: nodeId(kind, stored.id, oid),
    oid,
    abbreviatedOid: oid.slice(0, 7),
    commitUrl: `${htmlUrl(context.urls, stored)}/commit/${oid}`,
    commitResourcePath: `/${stored.fullName}/commit/${oid}`,
    repository: () => context.repositoryNode(stored),
  };
}

function blobNode(context: Context, stored: StoredRepository, { oid, size }: ObjectInfo) {
  const content = () => stored.git.blob(oid).then((bytes) => bytes ?? Buffer.alloc(0));
  const binary = async () => (await content()).subarray(0, 8000).includes(0);
  return {
    __typename: 'Blob',
    ...gitNode(context, stored, 'B', oid),
    byteSize: size,
    isBinary: binary,
    isTruncated: size > LONGEST_TEXT,
    text: async () =>
      (await binary()) ? null : (await content()).subarray(0, LONGEST_TEXT).toString(),
  };
}

function treeNode(context: Context, stored: StoredRepository, oid: string, path = '') {
  return {
    __typename: 'Tree',
    ...gitNode(context, stored, 'T', oid),
    entries: async () =>
      ((await stored.git.tree(oid)) ?? []).map((entry) => entryNode(context, stored, entry, path)),
  };
}

function entryNode(context: Context, stored: StoredRepository, entry: TreeEntry, folder: string) {
  const type = entryType(entry);
  const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
  return {
    name: entry.name,
    path,
    nameRaw: Buffer.from(entry.name).toString('base64'),
    pathRaw: Buffer.from(path).toString('base64'),
    mode: Number.parseInt(entry.mode, 8),
    type,
    oid: entry.oid,
    extension: /\.[^.]*$/.exec(entry.name)?.[0] ?? '',
    size: async () => (type === 'blob' ? ((await stored.git.info(entry.oid))?.size ?? 0) : 0),
    isGenerated: false,
    submodule: null,
    object: async () => {
      if (type === 'tree') return treeNode(context, stored, entry.oid, path);
      const info = type === 'blob' ? await stored.git.info(entry.oid) : undefined;
      return info === undefined ? null : blobNode(context, stored, info);
    },
    repository: () => context.repositoryNode(stored),
  };
}

function personNode(context: Context, by: Signature) {
  const account = accountOf(context.world, by);
  return {
    name: by.name,
    email: by.email,
    date: time(by.at),
    user: account?.type === 'User' ? accountNode(context, account) : null,
  };
}

export async function commitNode(context: Context, stored: StoredRepository, oid: string) {
  const commit = await stored.git.commit(oid);
  if (commit === undefined) return null;
  const { message, author, committer } = commit;
  const [headline = '', ...rest] = message.split('\n');
  const url = `${htmlUrl(context.urls, stored)}/commit/${oid}`;
  const signed = stored.signed.has(oid);
  return {
    __typename: 'Commit',
    ...gitNode(context, stored, 'C', oid),
    url,
    resourcePath: `/${stored.fullName}/commit/${oid}`,
    message,
    messageHeadline: headline,
    messageBody: rest.join('\n').trim(),
    committedDate: time(committer.at),
    authoredDate: time(author.at),
    author: personNode(context, author),
    committer: personNode(context, committer),
    committedViaWeb: signed,
    authoredByCommitter: author.email === committer.email,
    signature: signed ? signatureNode(oid) : null,
    tree: () => treeNode(context, stored, commit.tree),
    parents: (paging: HistoryArguments) =>
      connection(
        commit.parents.map((parent) => commitNode(context, stored, parent)),
        paging,
      ),
    associatedPullRequests: async (args: ListArguments) =>
      context.pullConnection(stored, await bringing(stored, oid), oldestFirst(args)),
    file: async ({ path }: { readonly path: string }) => {
      const entry = await stored.git.entry(commit.tree, path);
      const folder = path.split('/').slice(0, -1).join('/');
      return entry === undefined ? null : entryNode(context, stored, entry, folder);
    },
    // Not first parents: GitHub walks every parent, as `git log` does, and leaves out the sides of
    // a merge that a path did not come from.
    history: async (args: HistoryArguments) => {
      const options = [
        ...(args.since == null ? [] : [`--since=${args.since}`]),
        ...(args.until == null ? [] : [`--until=${args.until}`]),
      ];
      const ids = await stored.git.log(oid, options, args.path ?? undefined);
      const page = connection(ids, { first: 30, ...args });
      const nodes = page.nodes.map((id) => commitNode(context, stored, id));
      return {
        ...page,
        nodes,
        edges: page.edges.map(({ cursor }, index) => ({ cursor, node: nodes[index] })),
      };
    },
  };
}

/** The pull requests that brought a commit to their base, or would: merged ones where there are. */
async function bringing(stored: StoredRepository, oid: string): Promise<readonly PullIssue[]> {
  const found: PullIssue[] = [];
  for (const issue of stored.pulls()) {
    const { mergeCommit, baseSha, headSha } = issue.pull;
    const own = await stored.git.log(headSha, [`^${baseSha}`]);
    if (mergeCommit === oid || own.includes(oid)) found.push(issue);
  }
  const merged = found.filter(({ pull }) => pull.mergedAt !== null);
  return merged.length > 0 ? merged : found;
}

/** Associated pull requests come oldest first, whatever order is asked for. */
const oldestFirst = ({ orderBy: _, ...args }: ListArguments): ListArguments => args;

function signatureNode(oid: string) {
  return {
    __typename: 'GpgSignature',
    email: 'noreply@github.com',
    isValid: true,
    state: 'VALID',
    wasSignedByGitHub: true,
    signature: '-----BEGIN PGP SIGNATURE-----\n…',
    payload: `tree … of ${oid}`,
    signer: null,
  };
}

/** A ref is called by what follows the prefix it was asked for by. */
export async function refNode(
  context: Context,
  stored: StoredRepository,
  ref: string,
  prefix = /^refs\/(heads|tags)\//.exec(ref)?.[0] ?? 'refs/',
) {
  const at = await stored.visibleRef(ref);
  if (at === undefined) return null;
  return {
    __typename: 'Ref',
    id: nodeId('REF', stored.id, ref),
    name: ref.slice(prefix.length),
    prefix,
    target: () => gitObject(context, stored, at.oid),
    // Those that come from this branch, a fork's branch of that name not among them.
    associatedPullRequests: (args: ListArguments) =>
      context.pullConnection(
        stored,
        stored
          .pulls()
          .filter(
            ({ pull }) =>
              `refs/heads/${pull.headRef}` === ref && pull.headRepository === stored.fullName,
          ),
        oldestFirst(args),
      ),
    repository: () => context.repositoryNode(stored),
  };
}
