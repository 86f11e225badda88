import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ForgeError } from '../error.ts';
import type { Oid } from '../forge.ts';
import { type Git, gitIn } from '../git-process.ts';

/** A checkout that can be read: git in it, and the commit it is at. */
export interface ReadableCheckout {
  readonly git: Git;
  readonly oid: Oid;
}

/**
 * The checkout in a folder, or `undefined` where there is none, where git is missing, or where git
 * does not trust the folder's owner: then files are read from elsewhere.
 */
export async function checkoutIn(dir: string): Promise<ReadableCheckout | undefined> {
  if (!existsSync(join(dir, '.git'))) return undefined;
  const git = gitIn({ cwd: dir });
  try {
    const { code, stdout } = await git.run(['rev-parse', '--verify', 'HEAD^{commit}']);
    return code === 0 ? { git, oid: stdout.toString('latin1').trim() } : undefined;
  } catch (error) {
    if (error instanceof ForgeError) return undefined;
    throw error;
  }
}
