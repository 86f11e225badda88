/** What is asked of a commit to see who made it. */
export const MADE_BY_FIELDS =
  'author { name user { login } } signature { isValid wasSignedByGitHub }';

/** A commit, as far as it shows who made it. */
export interface MadeBy {
  /** A bot is no user here: it only has a name. */
  readonly author: {
    readonly name: string | null;
    readonly user: { readonly login: string } | null;
  } | null;
  readonly signature: { readonly isValid: boolean; readonly wasSignedByGitHub: boolean } | null;
}

/**
 * Whether somebody made a commit through GitHub's API. Anybody who pushes can write any name into a
 * commit; GitHub signs only what was made by the one that the commit names.
 *
 * It is evidence and no proof: every workflow may commit as the Actions bot, and GitHub signs what
 * people write on its pages, too.
 */
export function isMadeBy({ author, signature }: MadeBy, login: string | undefined): boolean {
  if (!signature?.isValid || !signature.wasSignedByGitHub) return false;
  const maker = author?.user?.login ?? author?.name;
  return maker != null && login !== undefined && bare(maker) === bare(login);
}

/** A bot's login is with `[bot]` in some answers and without it in others. */
const bare = (login: string): string => login.replace(/\[bot\]$/, '');
