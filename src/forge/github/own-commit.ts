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
 */
export function isMadeBy({ author, signature }: MadeBy, login: string | undefined): boolean {
  const maker = author?.user?.login ?? author?.name;
  return isSigned(signature) && maker != null && login !== undefined && bare(maker) === bare(login);
}

/**
 * Whether a commit may be a record of Sluice's own: made through the API by whoever asks, or by an
 * app, since a repository may give its workflows different tokens, and other ones in time.
 *
 * It is evidence and no proof: every workflow may commit as the Actions bot, and GitHub signs what
 * people write on its pages, too. A GitHub Enterprise Server may sign nothing at all.
 */
export function mayBeOwn(commit: MadeBy, viewer: string, signsCommits: boolean): boolean {
  const isUnsigned = !signsCommits && commit.signature === null;
  const signature = isUnsigned ? { isValid: true, wasSignedByGitHub: true } : commit.signature;
  const { user, name } = commit.author ?? {};
  const isApp = user == null && name?.endsWith('[bot]') === true;
  return isMadeBy({ ...commit, signature }, viewer) || (isApp && isSigned(signature));
}

const isSigned = (signature: MadeBy['signature']): boolean =>
  signature?.isValid === true && signature.wasSignedByGitHub;

/** A bot's login is with `[bot]` in some answers and without it in others. */
const bare = (login: string): string => login.replace(/\[bot\]$/, '');
