import { entryType, type TreeEntry } from '../git/objects.ts';
import { htmlUrl, repositoryUrl } from '../shape/repository.ts';
import { RequestError } from '../state/refusal.ts';
import { type Input, ok, type RepositoryCall, reads } from './call.ts';
import { lines } from './objects.ts';
import { resolveCommit } from './resolve.ts';

const MEGABYTE = 1 << 20;

const getContent = reads<Input<'repos', 'getContent'>>(
  ['contents', 'read'],
  async (call, { path, ref }) => {
    const { repository, accept } = call;
    const { git, defaultBranch } = repository;
    const name = ref ?? defaultBranch;
    const at = await resolveCommit(repository, name);
    if (at === undefined) throw new RequestError(404, `No commit found for the ref ${name}`);
    const tree = (await git.commit(at))?.tree ?? '';
    const entry = await git.entry(tree, path);
    if (entry === undefined) throw new RequestError(404, 'Not Found');
    if (entryType(entry) === 'tree') {
      const listed = (await git.tree(entry.oid)) ?? [];
      const below = path === '' ? '' : `${path.replace(/\/$/, '')}/`;
      const shown = listed.map((child) => item(call, child, `${below}${child.name}`, name));
      const list = await Promise.all(shown);
      return ok(
        accept.includes('vnd.github.object')
          ? { ...(await item(call, entry, path, name)), entries: list }
          : list,
      );
    }
    const content = (await git.blob(entry.oid)) ?? Buffer.alloc(0);
    if (accept.includes('raw')) {
      return { status: 200, body: content, type: 'application/vnd.github.raw+json' };
    }
    const large = content.length > MEGABYTE;
    const described = await item(call, entry, path, name);
    if (described.type === 'symlink') return ok({ ...described, target: content.toString() });
    if (described.type === 'submodule') return ok({ ...described, submodule_git_url: '' });
    return ok({
      ...described,
      // What is larger than a megabyte has to be asked for raw.
      content: large ? '' : lines(content.toString('base64')),
      encoding: large ? 'none' : 'base64',
    });
  },
);

function kind(entry: TreeEntry): 'dir' | 'file' | 'symlink' | 'submodule' {
  if (entryType(entry) === 'tree') return 'dir';
  if (entryType(entry) === 'commit') return 'submodule';
  return entry.mode === '120000' ? 'symlink' : 'file';
}

async function item(
  { urls, repository }: RepositoryCall,
  entry: TreeEntry,
  path: string,
  ref: string,
) {
  const type = kind(entry);
  const api = repositoryUrl(urls, repository);
  const web = htmlUrl(urls, repository);
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const self = `${api}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const git = `${api}/git/${type === 'dir' ? 'trees' : 'blobs'}/${entry.oid}`;
  const html = `${web}/${type === 'dir' ? 'tree' : 'blob'}/${ref}/${encoded}`;
  const size = type === 'dir' ? 0 : ((await repository.git.info(entry.oid))?.size ?? 0);
  return {
    type,
    name: path.split('/').at(-1) ?? '',
    path,
    sha: entry.oid,
    size,
    url: self,
    git_url: git,
    html_url: html,
    download_url: type === 'dir' ? null : `${web}/raw/${ref}/${encoded}`,
    _links: { self, git, html },
  };
}

export const CONTENT_OPERATIONS = { 'repos/get-content': getContent };
