import { gitRef } from '../shape/git.ts';
import { moveRef } from '../state/branches.ts';
import { notFound, RequestError } from '../state/refusal.ts';
import type { StoredRepository } from '../state/repository.ts';
import {
  type Refusal,
  refusesCreation,
  refusesUpdate,
  rulesFor,
  sentence,
} from '../state/rules.ts';
import { created, type Input, NO_CONTENT, ok, reads, writes } from './call.ts';

/** Reads of a branch show what it was before a write for as long as a test makes them lag. */
const getRef = reads<Input<'git', 'getRef'>>(
  ['contents', 'read'],
  async ({ urls, repository }, { ref }) => {
    const full = `refs/${ref}`;
    const at = await repository.visibleRef(full);
    if (at === undefined) throw notFound();
    return ok(gitRef(urls, repository, { ref: full, ...at }));
  },
);

const listMatchingRefs = reads<Input<'git', 'listMatchingRefs'>>(
  ['contents', 'read'],
  async ({ urls, repository }, { ref }) => {
    const refs = await repository.git.refs();
    const found = refs.filter((at) => at.ref.startsWith(`refs/${ref}`));
    return ok(found.map((at) => gitRef(urls, repository, at)));
  },
);

const createRef = writes<Input<'git', 'createRef'>>(
  ['contents', 'write'],
  async ({ urls, repository, actor }, { ref, sha }) => {
    const valid = await repository.git.tryGit(['check-ref-format', ref]);
    if (valid.code !== 0 || !/^refs\/(heads|tags)\//.test(ref)) {
      throw new RequestError(422, `${ref} is not a valid ref name.`);
    }
    const object = await commitOf(repository, sha);
    if ((await repository.git.ref(ref)) !== undefined) throw alreadyExists();
    refuse(refusesCreation(repository, branchOf(ref), actor.account));
    const moved = await moveRef(repository, actor, ref, object, undefined);
    // A branch `a` leaves no room for a branch `a/b`: git has no such file, GitHub no such ref.
    if (!moved.ok) throw moved.at === undefined ? failed() : alreadyExists();
    return created(gitRef(urls, repository, { ref, oid: object, type: 'commit' }));
  },
);

const updateRef = writes<Input<'git', 'updateRef'>>(
  ['contents', 'write'],
  async ({ urls, repository, actor }, { ref, sha, force = false }) => {
    const full = `refs/${ref}`;
    const at = await repository.git.ref(full);
    if (at === undefined) throw new RequestError(422, 'Reference does not exist');
    const object = await commitOf(repository, sha);
    // Fast-forward is all that is checked: a commit that was dropped on purpose comes back.
    const forward = await repository.git.isAncestor(at.oid, object);
    if (!forward && !force) throw new RequestError(422, 'Update is not a fast forward');
    if (!forward && rulesFor(repository, branchOf(full), actor.account).length > 0) {
      throw new RequestError(422, 'Cannot force-push to this branch');
    }
    refuse(refusesUpdate(repository, branchOf(full), object, actor.account));
    const moved = await moveRef(repository, actor, full, object, at.oid);
    if (!moved.ok) throw failed();
    return ok(gitRef(urls, repository, { ref: full, oid: object, type: 'commit' }));
  },
);

const deleteRef = writes<Input<'git', 'deleteRef'>>(
  ['contents', 'write'],
  async ({ repository, actor }, { ref }) => {
    const full = `refs/${ref}`;
    const at = await repository.git.ref(full);
    if (at === undefined) throw new RequestError(422, 'Reference does not exist');
    if (rulesFor(repository, branchOf(full), actor.account).length > 0) {
      throw new RequestError(422, 'Cannot delete this branch');
    }
    await moveRef(repository, actor, full, undefined, at.oid);
    return NO_CONTENT;
  },
);

function branchOf(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}

async function commitOf(repository: StoredRepository, sha: string): Promise<string> {
  const object = /^[0-9a-f]{40}$/.test(sha) ? await repository.git.info(sha) : undefined;
  if (object === undefined) throw new RequestError(422, 'Object does not exist');
  return object.oid;
}

function alreadyExists(): RequestError {
  return new RequestError(422, 'Reference already exists');
}

function failed(): RequestError {
  return new RequestError(422, 'Reference update failed');
}

function refuse(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new RequestError(422, sentence(refusal));
}

export const REF_OPERATIONS = {
  'git/get-ref': getRef,
  'git/list-matching-refs': listMatchingRefs,
  'git/create-ref': createRef,
  'git/update-ref': updateRef,
  'git/delete-ref': deleteRef,
};
