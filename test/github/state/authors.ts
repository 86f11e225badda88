import type { Signature } from '../git/objects.ts';
import type { Account } from './model.ts';
import type { World } from './world.ts';

/** Who commits what is made on the website or through the API. */
export const WEB_FLOW = { name: 'GitHub', email: 'noreply@github.com' };

/** An account as a commit names it: the address leads back to the account. */
export function signature({ login, id }: Account, at: number): Signature {
  return { name: login, email: `${id}+${login}@users.noreply.github.com`, at };
}

/** The account a commit's author or committer is, if that address says so. */
export function accountOf(world: World, { email }: Signature): Account | undefined {
  const match = /^(?:(\d+)\+)?(.+)@users\.noreply\.github\.com$/.exec(email);
  return match === null ? undefined : world.knownAccount(match[2] ?? '');
}
