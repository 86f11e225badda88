import { refusedName, TOKEN_VARIABLES } from '../credential.ts';
import { withoutEnd } from '../text.ts';

/** The environment, or as much of it as a test wants there to be. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The value of a variable, or why there is none and what to do about it. */
export type Credential =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'missing'; readonly problem: string };

/**
 * The values of the variables that a config names. Providers and channels get this and not the
 * environment, so none of them can read a variable that is refused.
 */
export interface Credentials {
  read(variable: string): Credential;
}

/** Sluice's own token is an input in a workflow, and a variable at a terminal. */
const OWN_TOKENS = ['INPUT_TOKEN', ...TOKEN_VARIABLES];

/**
 * Looks credentials up in an environment. A problem names variables, never values.
 *
 * `missing` is also an empty variable (an unset secret reaches a workflow as an empty string), one
 * whose name is refused, and one that holds the token Sluice itself uses on GitHub, under whatever
 * name: that token can write to the repository, and no metrics host may have it.
 *
 * @param allowed the names in `allowed-secrets`
 */
export function credentialsIn(env: Environment, allowed: readonly string[] = []): Credentials {
  // Only own properties: `constructor` is a legal name for a variable. A secret pasted or piped from
  // a file often ends in a line break, which is never part of it.
  const look = (name: string): string =>
    withoutEnd((Object.hasOwn(env, name) ? env[name] : undefined) ?? '', '\r\n');
  return {
    read(variable) {
      const refused = refusedName(variable, allowed);
      if (refused) return missing(`${refused.message}; ${refused.hint}`);
      const value = look(variable);
      if (value.trim() === '') {
        return missing(
          `the environment variable ${variable} is not set; pass it to this step from a secret`,
        );
      }
      if (OWN_TOKENS.some((name) => look(name).trim() === value.trim())) {
        return missing(
          `the environment variable ${variable} holds the token that Sluice uses on GitHub, which no other host may have; give the provider a token of its own`,
        );
      }
      return { kind: 'value', value };
    },
  };
}

const missing = (problem: string): Credential => ({ kind: 'missing', problem });
