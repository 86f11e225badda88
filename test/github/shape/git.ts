import type { RefAt } from '../git/bare.ts';
import type { ChangedFile } from '../git/diff.ts';
import type { CommitData, Signature } from '../git/objects.ts';
import { accountOf } from '../state/authors.ts';
import type { StoredRepository } from '../state/repository.ts';
import { htmlUrl, repositoryUrl } from './repository.ts';
import { nodeId, time, type Urls } from './urls.ts';
import { maybeUser } from './user.ts';

export type StoredCommit = CommitData & { readonly oid: string };

export function gitRef(urls: Urls, repository: StoredRepository, { ref, oid, type }: RefAt) {
  const url = repositoryUrl(urls, repository);
  return {
    ref,
    node_id: nodeId('REF', repository.id, ref),
    url: `${url}/git/${ref}`,
    object: { sha: oid, type, url: `${url}/git/${type}s/${oid}` },
  };
}

function person({ name, email, at }: Signature) {
  return { name, email, date: time(at) };
}

/** GitHub signs what it commits itself; everything else here is unsigned. */
function verification(repository: StoredRepository, { oid, committer }: StoredCommit) {
  const verified = repository.signed.has(oid);
  return {
    verified,
    reason: verified ? 'valid' : 'unsigned',
    signature: verified ? '-----BEGIN PGP SIGNATURE-----\n…' : null,
    payload: verified ? `tree … of ${oid}` : null,
    verified_at: verified ? time(committer.at) : null,
  };
}

export function gitCommit(urls: Urls, repository: StoredRepository, commit: StoredCommit) {
  const url = repositoryUrl(urls, repository);
  const html = htmlUrl(urls, repository);
  return {
    sha: commit.oid,
    node_id: nodeId('C', repository.id, commit.oid),
    url: `${url}/git/commits/${commit.oid}`,
    html_url: `${html}/commit/${commit.oid}`,
    author: person(commit.author),
    committer: person(commit.committer),
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/git/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
    verification: verification(repository, commit),
  };
}

/** A commit as the pages about commits and comparisons show it. */
export function commit(urls: Urls, repository: StoredRepository, stored: StoredCommit) {
  const url = repositoryUrl(urls, repository);
  const html = htmlUrl(urls, repository);
  const { author, committer, tree, message } = gitCommit(urls, repository, stored);
  return {
    sha: stored.oid,
    node_id: nodeId('C', repository.id, stored.oid),
    url: `${url}/commits/${stored.oid}`,
    html_url: `${html}/commit/${stored.oid}`,
    comments_url: `${url}/commits/${stored.oid}/comments`,
    commit: {
      url: `${url}/git/commits/${stored.oid}`,
      author,
      committer,
      message,
      tree,
      comment_count: 0,
      verification: verification(repository, stored),
    },
    author: maybeUser(urls, accountOf(repository.world, stored.author)),
    committer: maybeUser(urls, accountOf(repository.world, stored.committer)),
    parents: stored.parents.map((sha) => ({
      sha,
      url: `${url}/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
  };
}

export function changedFile(
  urls: Urls,
  repository: StoredRepository,
  head: string,
  file: ChangedFile,
) {
  const url = repositoryUrl(urls, repository);
  const html = htmlUrl(urls, repository);
  const path = encodeURI(file.filename);
  return {
    sha: file.oid,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${html}/blob/${head}/${path}`,
    raw_url: `${html}/raw/${head}/${path}`,
    contents_url: `${url}/contents/${path}?ref=${head}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previous === undefined ? {} : { previous_filename: file.previous }),
  };
}
