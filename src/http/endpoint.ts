import { isLoopback } from '../loopback.ts';

/** An address that may be asked, with the credentials taken out of it. */
export interface Endpoint {
  readonly kind: 'endpoint';
  /** The address without user name, password and fragment: this is what goes on the wire. */
  readonly url: URL;
  /** Origin and path: the only form in which an address is ever shown. */
  readonly shown: string;
  /** `Basic …`, where the address carried a user name or password. */
  readonly authorization: string | undefined;
}

/** An address that is not asked. `problem` says why and what to do; it never repeats the address. */
export interface RefusedEndpoint {
  readonly kind: 'refused';
  readonly reason: 'unreachable' | 'insecure';
  readonly problem: string;
}

/**
 * Reads an address and decides whether it may be asked: https, or plain http to this very machine,
 * or plain http where config allows it.
 *
 * @param text an absolute URL; a user name and password in it become an `Authorization` header.
 * @param allowHttp whether plain http to other machines is allowed.
 */
export function readEndpoint(text: string, allowHttp = false): Endpoint | RefusedEndpoint {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    const problem = 'the address is not a URL; write it as https://host/path';
    return { kind: 'refused', reason: 'unreachable', problem };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    const problem = `a ${url.protocol} address is never asked; write it as https://host/path`;
    return { kind: 'refused', reason: 'insecure', problem };
  }
  const authorization = basicFrom(url);
  url.username = '';
  url.password = '';
  url.hash = '';
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname)) {
    const problem = `${showUrl(url)} is plain http, which anyone on the way can read and change; use https, or allow http in the config`;
    return { kind: 'refused', reason: 'insecure', problem };
  }
  return { kind: 'endpoint', url, shown: showUrl(url), authorization };
}

/** Origin and path. Never the query, the fragment, the user name or the password. */
export function showUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/** User name and password in a URL, decoded; `undefined` when it carries neither. */
export function userInfo(
  url: URL,
): { readonly username: string; readonly password: string } | undefined {
  if (url.username === '' && url.password === '') return undefined;
  return { username: decode(url.username), password: decode(url.password) };
}

/** `Basic …` for a user name and password (RFC 7617, UTF-8). */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function basicFrom(url: URL): string | undefined {
  const user = userInfo(url);
  return user && basicAuthorization(user.username, user.password);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % in a password is a %
  }
}
