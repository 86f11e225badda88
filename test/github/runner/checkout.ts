import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeEmptyRepository } from '../../support/empty-repository.ts';
import type { Trigger } from '../events.ts';
import { git } from '../git/process.ts';
import type { GitHub } from '../server.ts';

/**
 * What actions/checkout leaves in the workspace: one commit deep, detached for a pull request, and
 * (as by default) with the token in the repository's own configuration.
 *
 * `merge` is what it takes for the event by itself; `head` a pull request's own commit, which a
 * workflow has to ask for; `default` the default branch.
 */
export type Checkout = 'merge' | 'head' | 'default' | 'none';

export async function checkOut(
  github: GitHub,
  trigger: Trigger,
  kind: Checkout,
  token: string,
  workspace: string,
): Promise<void> {
  await mkdir(workspace, { recursive: true });
  if (kind === 'none') return;
  const { sha, ref } = await wanted(trigger, kind);
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  const local =
    branch === undefined ? ref.replace('refs/', 'refs/remotes/') : `refs/remotes/origin/${branch}`;
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const config = `[remote "origin"]
url = ${github.url}/${trigger.repository.name}
fetch = +refs/heads/*:refs/remotes/origin/*
[http "${github.url}/"]
extraheader = AUTHORIZATION: basic ${basic}
`;
  const folder = join(workspace, '.git');
  await writeEmptyRepository(folder, { bare: false, config });
  // What `git fetch --depth=1` brings, without a dozen processes on both ends of it for every run.
  await trigger.repository.stored.git.copyCommit(sha, folder);
  await writeFile(join(folder, 'shallow'), `${sha}\n`);
  await mkdir(dirname(join(folder, local)), { recursive: true });
  await writeFile(join(folder, local), `${sha}\n`);
  await git(workspace, [
    'checkout',
    '--quiet',
    '--force',
    ...(branch === undefined ? ['--detach', local] : ['-B', branch, local]),
  ]);
}

async function wanted({ repository, sha, ref, pull }: Trigger, kind: Checkout) {
  if (kind === 'head' && pull !== undefined) {
    const at = repository.pull(pull.number).headSha;
    return { sha: at, ref: `refs/pull/${pull.number}/head` };
  }
  if (kind === 'default') {
    const { defaultBranch } = repository;
    return { sha: (await repository.head()) ?? '', ref: `refs/heads/${defaultBranch}` };
  }
  return { sha, ref };
}
