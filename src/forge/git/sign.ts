import type { Oid } from '../../model/head.ts';
import { type Duration, MINUTE } from '../../time.ts';
import { type Git, type GitCall, gitSaid } from './process.ts';

/** Long enough to type a passphrase; an agent that hangs does not keep a flag from going back. */
const SIGNING_LIMIT: Duration = MINUTE;

export interface Committed {
  readonly oid: Oid;
  /** Why it is not signed, although the user's settings ask for that. */
  readonly warning?: string;
}

/**
 * Makes a commit of a tree, signed if the user's `commit.gpgSign` says so: `commit-tree` itself pays
 * no attention to that. `gpg.format` and `user.signingKey` say how and with which key.
 *
 * A commit that cannot be signed is made without: it may be what takes users back.
 */
export async function commitTree(
  git: Git,
  args: readonly string[],
  call: GitCall,
): Promise<Committed> {
  if (await signs(git)) {
    const signed = await git.run(['commit-tree', '-S', ...args], { ...call, limit: SIGNING_LIMIT });
    if (signed.code === 0) return { oid: signed.stdout.toString('latin1').trim() };
    const oid = await unsigned(git, args, call);
    const why = signed.code === null ? 'it took too long' : gitSaid(signed);
    return {
      oid,
      warning: `the commit is not signed, though commit.gpgSign asks for it: ${why}. Check user.signingKey, gpg.format and the agent; no approval counts by an unsigned commit where policy.signers is set`,
    };
  }
  return { oid: await unsigned(git, args, call) };
}

async function signs(git: Git): Promise<boolean> {
  const { stdout } = await git.run(['config', '--type=bool', '--get', 'commit.gpgSign']);
  return stdout.toString('latin1').trim() === 'true';
}

async function unsigned(git: Git, args: readonly string[], call: GitCall): Promise<Oid> {
  const output = await git.output(['commit-tree', '--no-gpg-sign', ...args], call);
  return output.toString('latin1').trim();
}
