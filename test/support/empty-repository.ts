import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes an empty repository, as `git init --template=` and `git config` would. Written by hand: tests
 * open hundreds of them, and one process takes longer than all these files.
 *
 * @param folder the `.git` of a work tree, or the bare repository itself
 * @param config more lines of its configuration
 */
export async function writeEmptyRepository(
  folder: string,
  options: { readonly bare: boolean; readonly branch?: string; readonly config?: string },
): Promise<void> {
  const { bare, branch = 'main', config = '' } = options;
  for (const name of ['hooks', 'info', 'objects/info', 'objects/pack', 'refs/heads', 'refs/tags']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await writeFile(join(folder, 'HEAD'), `ref: refs/heads/${branch}\n`);
  await writeFile(
    join(folder, 'config'),
    `[core]
repositoryformatversion = 0
filemode = true
bare = ${bare}
${bare ? '' : 'logallrefupdates = true\n'}${config}`,
  );
}
