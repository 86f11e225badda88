import { type Auth, variablesOf } from '../credential.ts';
import type { Credentials } from './credentials.ts';
import { basicAuthorization } from './endpoint.ts';

/** What to send, or the variable that is missing and what to do about it. */
export type AuthHeaders =
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'missing'; readonly problem: string };

/** What HTTP allows in a header: no control characters, nothing beyond Latin-1. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Looks the credentials up and writes the header that carries them.
 *
 * @returns `missing` if a variable has no value to send, or holds what no header can carry. The
 *   problem names variables, never values.
 */
export function authHeaders(auth: Auth | undefined, credentials: Credentials): AuthHeaders {
  if (auth === undefined) return { kind: 'headers', headers: {} };
  const values = new Map<string, string>();
  for (const { variable } of variablesOf(auth)) {
    const credential = credentials.read(variable);
    if (credential.kind === 'missing') return credential;
    // A user name and password travel as base64, so they may hold anything.
    if (!('basic' in auth) && !SENDABLE.test(credential.value)) {
      const what = 'holds characters no HTTP header can carry; store it again';
      return { kind: 'missing', problem: `the environment variable ${variable} ${what}` };
    }
    values.set(variable, credential.value);
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
