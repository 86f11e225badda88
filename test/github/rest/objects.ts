import { entryType, type TreeEntry } from '../git/objects.ts';
import { gitCommit } from '../shape/git.ts';
import { repositoryUrl } from '../shape/repository.ts';
import { nodeId } from '../shape/urls.ts';
import { signature, WEB_FLOW } from '../state/authors.ts';
import { notFound, RequestError } from '../state/refusal.ts';
import type { StoredRepository } from '../state/repository.ts';
import { created, type Input, ok, type RepositoryCall, reads, writes } from './call.ts';

const getCommit = reads<Input<'git', 'getCommit'>>(
  ['contents', 'read'],
  async ({ urls, repository }, { commit_sha }) => {
    const commit = await repository.git.commit(objectName(commit_sha));
    if (commit === undefined) throw notFound();
    return ok(gitCommit(urls, repository, commit));
  },
);

const createCommit = writes<Input<'git', 'createCommit'>>(
  ['contents', 'write'],
  async (
    { urls, repository, actor, world },
    { message, tree, parents = [], author, committer },
  ) => {
    if ((await repository.git.tree(objectName(tree))) === undefined) {
      throw new RequestError(422, 'Tree SHA does not exist');
    }
    for (const parent of parents) {
      if ((await repository.git.commit(objectName(parent))) === undefined) {
        throw new RequestError(422, 'Parent SHA does not exist or is not a commit object');
      }
    }
    const now = world.now();
    const given = (person: typeof committer) =>
      person?.name === undefined || person.email === undefined
        ? undefined
        : {
            name: person.name,
            email: person.email,
            at: person.date === undefined ? now : Date.parse(person.date),
          };
    const by = given(author) ?? signature(actor.account, now);
    // Only what GitHub may sign for a bot as itself comes out verified.
    const own = author === undefined && committer === undefined && actor.account.type === 'Bot';
    const oid = await repository.git.writeCommit({
      tree,
      parents,
      message,
      author: by,
      committer: given(committer) ?? (own ? { ...WEB_FLOW, at: now } : by),
    });
    if (own) repository.signed.add(oid);
    const commit = await repository.git.commit(oid);
    if (commit === undefined) throw notFound();
    return created(gitCommit(urls, repository, commit));
  },
);

const getTree = reads<Input<'git', 'getTree'>>(
  ['contents', 'read'],
  async (call, { tree_sha, recursive }) => {
    const { git } = call.repository;
    const root = await treeOf(call.repository, tree_sha);
    if (root === undefined) throw notFound();
    // Any value at all means yes, `false` included.
    const entries =
      recursive === undefined
        ? ((await git.tree(root)) ?? []).map((entry) => ({ ...entry, path: entry.name }))
        : await git.walk(root);
    return ok(await treeShape(call, root, entries));
  },
);

const createTree = writes<Input<'git', 'createTree'>>(
  ['contents', 'write'],
  async (call, input) => {
    const { git } = call.repository;
    const base =
      input.base_tree === undefined ? undefined : await treeOf(call.repository, input.base_tree);
    if (input.base_tree !== undefined && base === undefined) {
      throw new RequestError(422, 'base_tree is not a valid tree SHA');
    }
    const changes = new Map<string, { readonly mode: string; readonly oid: string } | undefined>();
    for (const { path, mode, sha, content } of input.tree) {
      if (
        path === undefined ||
        path === '' ||
        path.startsWith('/') ||
        /(^|\/)\.?\.?(\/|$)/.test(path)
      ) {
        throw new RequestError(422, 'tree.path contains a malformed path component');
      }
      if (sha === null) changes.set(path, undefined);
      else {
        const oid = sha ?? (await git.writeBlob(content ?? ''));
        if ((await git.info(objectName(oid))) === undefined && mode !== '160000') {
          throw new RequestError(422, `tree.sha ${oid} is not a valid blob`);
        }
        changes.set(path, { mode: mode ?? '100644', oid });
      }
    }
    const root = await git.edit(base, changes);
    const entries = ((await git.tree(root)) ?? []).map((entry) => ({ ...entry, path: entry.name }));
    return created(await treeShape(call, root, entries));
  },
);

const getBlob = reads<Input<'git', 'getBlob'>>(
  ['contents', 'read'],
  async ({ urls, repository, accept }, { file_sha }) => {
    const content = await repository.git.blob(objectName(file_sha));
    if (content === undefined) throw notFound();
    if (accept.includes('raw')) {
      return { status: 200, body: content, type: 'application/vnd.github.raw+json' };
    }
    return ok({
      sha: file_sha,
      node_id: nodeId('B', repository.id, file_sha),
      size: content.length,
      url: `${repositoryUrl(urls, repository)}/git/blobs/${file_sha}`,
      content: lines(content.toString('base64')),
      encoding: 'base64',
    });
  },
);

const createBlob = writes<Input<'git', 'createBlob'>>(
  ['contents', 'write'],
  async ({ urls, repository }, { content, encoding = 'utf-8' }) => {
    const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
    const sha = await repository.git.writeBlob(bytes);
    return created({ sha, url: `${repositoryUrl(urls, repository)}/git/blobs/${sha}` });
  },
);

/** A tree by its own id, or that of a commit or branch. */
async function treeOf(repository: StoredRepository, name: string): Promise<string | undefined> {
  const { git } = repository;
  const direct = await git.info(objectName(name));
  const object = direct ?? (await git.ref(`refs/heads/${name}`));
  if (object?.type === 'tree') return object.oid;
  return object === undefined ? undefined : (await git.commit(object.oid))?.tree;
}

/** An id as git may be asked for it: anything else could be an expression. */
function objectName(sha: string): string {
  return /^[0-9a-f]{40}$/.test(sha) ? sha : '0'.repeat(40);
}

/** GitHub breaks base64 into lines of sixty. */
export function lines(base64: string): string {
  return base64.replace(/.{1,60}/g, '$&\n');
}

async function treeShape(
  { urls, repository }: RepositoryCall,
  sha: string,
  entries: readonly (TreeEntry & { readonly path: string })[],
) {
  const url = repositoryUrl(urls, repository);
  const shown = entries.slice(0, repository.longestTree).map(async (entry) => {
    const type = entryType(entry);
    return {
      path: entry.path,
      mode: entry.mode,
      type,
      sha: entry.oid,
      ...(type === 'blob' ? { size: (await repository.git.info(entry.oid))?.size ?? 0 } : {}),
      ...(type === 'commit' ? {} : { url: `${url}/git/${type}s/${entry.oid}` }),
    };
  });
  return {
    sha,
    url: `${url}/git/trees/${sha}`,
    tree: await Promise.all(shown),
    truncated: entries.length > repository.longestTree,
  };
}

export const OBJECT_OPERATIONS = {
  'git/get-commit': getCommit,
  'git/create-commit': createCommit,
  'git/get-tree': getTree,
  'git/create-tree': createTree,
  'git/get-blob': getBlob,
  'git/create-blob': createBlob,
};
