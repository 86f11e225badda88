import { basicAuthorization } from './endpoint.ts';

/** How to prove who is asking. Every value is the NAME of an environment variable, but a header's name. */
export type Auth =
  | { readonly bearer: string }
  | { readonly basic: { readonly username: string; readonly password: string } }
  | { readonly header: { readonly name: string; readonly value: string } };

/** The environment, or as much of it as a test wants there to be. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What to send, or the variable that is missing and what to do about it. */
export type AuthHeaders =
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'missing'; readonly problem: string };

/** What HTTP allows in a header: no control characters, nothing beyond Latin-1. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Looks the credentials up and writes the header that carries them.
 *
 * @returns `missing` when a variable is not set, is empty (an unset secret reaches a workflow as an
 *   empty string) or holds what no header can carry. The problem names variables, never values.
 */
export function authHeaders(auth: Auth | undefined, env: Environment): AuthHeaders {
  if (auth === undefined) return { kind: 'headers', headers: {} };
  const values = new Map<string, string>();
  for (const variable of variablesOf(auth)) {
    // A secret pasted or piped from a file often ends in a line break, which is never part of it.
    const value = env[variable]?.replace(/[\r\n]+$/, '');
    if (value === undefined || value === '') {
      return missing(variable, 'is not set; pass it to this step from a secret');
    }
    // A user name and password travel as base64, so they may hold anything.
    if (!('basic' in auth) && !SENDABLE.test(value)) {
      return missing(variable, 'holds characters no HTTP header can carry; store it again');
    }
    values.set(variable, value);
  }
  return { kind: 'headers', headers: headersFor(auth, (variable) => values.get(variable) ?? '') };
}

function headersFor(auth: Auth, value: (variable: string) => string): Record<string, string> {
  if ('bearer' in auth) return { authorization: `Bearer ${value(auth.bearer)}` };
  if ('basic' in auth) {
    const { username, password } = auth.basic;
    return { authorization: basicAuthorization(value(username), value(password)) };
  }
  return { [auth.header.name.toLowerCase()]: value(auth.header.value) };
}

function variablesOf(auth: Auth): readonly string[] {
  if ('bearer' in auth) return [auth.bearer];
  if ('basic' in auth) return [auth.basic.username, auth.basic.password];
  return [auth.header.value];
}

function missing(variable: string, what: string): AuthHeaders {
  return { kind: 'missing', problem: `the environment variable ${variable} ${what}` };
}
