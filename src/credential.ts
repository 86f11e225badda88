/**
 * What a config says of credentials: names of environment variables, and which of those it may use. The
 * review of the config and the place where values are looked up both ask here, so there is one list.
 */

/** How to prove who is asking. Every value is the NAME of an environment variable, but a header's name. */
export type Auth =
  | { readonly bearer: string }
  | { readonly basic: { readonly username: string; readonly password: string } }
  | { readonly header: { readonly name: string; readonly value: string } };

/** A variable that a config names, and the keys that lead to its name. */
export interface NamedVariable {
  readonly variable: string;
  readonly path: readonly (string | number)[];
}

/** The variables that `auth` names, by their paths within it. */
export function variablesOf(auth: Auth): readonly NamedVariable[] {
  if ('bearer' in auth) return [{ variable: auth.bearer, path: ['bearer'] }];
  if ('header' in auth) return [{ variable: auth.header.value, path: ['header', 'value'] }];
  return [
    { variable: auth.basic.username, path: ['basic', 'username'] },
    { variable: auth.basic.password, path: ['basic', 'password'] },
  ];
}

/** Where Sluice looks for its own token on GitHub when it runs in a terminal. */
export const TOKEN_VARIABLES = ['GITHUB_TOKEN', 'GH_TOKEN'] as const;

/**
 * What GitHub's runner sets for a step: the inputs of the Action, its write token among them
 * (`INPUT_TOKEN`), and the tokens and addresses of the run.
 */
const RESERVED_PREFIXES = ['GITHUB_', 'ACTIONS_', 'INPUT_', 'RUNNER_'];

/** Tokens for GitHub under other names: Sluice's own, and the one that `gh` reads on an Enterprise. */
const RESERVED_NAMES: readonly string[] = [...TOKEN_VARIABLES, 'GH_ENTERPRISE_TOKEN'];

/** Why a config may not name a variable. */
export interface RefusedName {
  readonly code: 'reserved-variable' | 'secret-not-allowed';
  /** One sentence without a full stop; it names the variable and never holds a value. */
  readonly message: string;
  readonly hint: string;
}

/**
 * Why a config may not use this variable as a credential, or `undefined` if it may. Case does not
 * count: on Windows `github_token` and `GITHUB_TOKEN` are one variable.
 *
 * @param allowed the names in `allowed-secrets`; absent or empty: every name that is not reserved
 */
export function refusedName(
  variable: string,
  allowed: readonly string[] = [],
): RefusedName | undefined {
  const name = variable.toUpperCase();
  if (
    RESERVED_NAMES.includes(name) ||
    RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix))
  ) {
    return {
      code: 'reserved-variable',
      message: `the variable \`${variable}\` belongs to GitHub or to the workflow run, so a config may not send it anywhere`,
      hint: 'store the secret under a name of its own, such as PROMETHEUS_TOKEN, and pass it to the step under `env`',
    };
  }
  if (allowed.length === 0 || allowed.includes(variable)) return undefined;
  return {
    code: 'secret-not-allowed',
    message: `the variable \`${variable}\` is not among \`allowed-secrets\` (${allowed.join(', ')})`,
    hint: `add ${variable} to the input \`allowed-secrets\` in the workflow (at a terminal: \`--allowed-secrets\`), or use an allowed one`,
  };
}

/** What issuers begin their secrets with: GitHub, GitLab, Grafana, Slack, AWS, Vault, and JSON Web Tokens. */
const SECRET_PREFIX = /^(?:gh[pousr]_|github_pat_|glpat_|glsa_|glc_|xox[a-z]_|AKIA|hvs_|sk_|eyJ)/;

/** Whether what stands where a variable's name belongs looks like the secret itself. */
export function looksLikeSecret(name: string): boolean {
  if (SECRET_PREFIX.test(name) && name.length >= 16) return true;
  if (name.length < 20 || name.includes('_')) return false;
  const digits = name.replace(/\D/g, '').length;
  // A name is of words; in secrets letters and digits alternate.
  return digits >= 4 && /\d[A-Za-z]+\d/.test(name) && /[a-z]/.test(name);
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/** Names of variables separated by commas or white space; `undefined` if one cannot be a name. */
export function readNames(list: string): readonly string[] | undefined {
  const names = list.split(/[\s,]+/).filter((name) => name !== '');
  return names.every((name) => NAME.test(name)) ? names : undefined;
}
