import { userId } from '../shape/user.ts';
import type { Account } from '../state/model.ts';
import type { Context } from './context.ts';

const TYPES = { User: 'User', Bot: 'Bot', Organization: 'Organization' } as const;

/** An account. As an author GraphQL leaves out the `[bot]` that REST shows; as viewer it does not. */
export function accountNode({ urls }: Context, account: Account) {
  const login = account.type === 'Bot' ? account.login.replace(/\[bot\]$/, '') : account.login;
  const path = account.type === 'Bot' ? `/apps/${login}` : `/${login}`;
  return {
    __typename: TYPES[account.type],
    id: userId(account),
    databaseId: account.id,
    login,
    name: account.type === 'Bot' ? undefined : null,
    url: `${urls.web}${path}`,
    resourcePath: path,
    avatarUrl: `${urls.web}/avatars/${account.id}`,
  };
}

/** Whoever asks: to GraphQL that is a User, even where it is a bot, by its whole login. */
export function viewerNode(context: Context) {
  const { account } = context.token;
  return { ...accountNode(context, account), __typename: 'User', login: account.login };
}
