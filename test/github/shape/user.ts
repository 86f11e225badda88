import type { Account } from '../state/model.ts';
import { nodeId, type Urls } from './urls.ts';

export function userId({ id }: Account): string {
  return nodeId('U', id);
}

export function user(urls: Urls, account: Account) {
  const { login, id, type } = account;
  const url = `${urls.api}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: userId(account),
    avatar_url: `${urls.web}/avatars/${id}`,
    gravatar_id: '',
    url,
    html_url: `${urls.web}/${type === 'Bot' ? `apps/${login.replace('[bot]', '')}` : login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  };
}

export function maybeUser(urls: Urls, account: Account | null | undefined) {
  return account === null || account === undefined ? null : user(urls, account);
}
