import { looksLikeSecret } from '../../credential.ts';
import type { ServerRule } from '../rule.ts';

export const secretInConfig = {
  id: 'secret-in-config',
  severity: 'error',
  about: 'server',
  why: 'A config names the variable that holds a secret; everyone who can read the repository can read the config.',
  check: ({ server, path }) =>
    server.variables
      .filter(({ variable }) => looksLikeSecret(variable))
      .map((named) => ({
        message: `\`${named.path.at(-1)}\` takes the name of an environment variable, and this looks like the secret itself`,
        hint: 'write a name such as PROMETHEUS_TOKEN, pass the secret to the step under `env`, and revoke this one: it stays in the history',
        path: [...path, ...named.path],
      })),
} as const satisfies ServerRule;
