import { GitHubError } from './error.ts';

/**
 * Sends an idempotent request, once more if there is no answer. Never for a request that creates
 * something.
 */
export async function twice(send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof GitHubError) || error.code !== 'ambiguous') throw error;
    await send();
  }
}

/** Why GitHub did not do something idempotent, tried again if there was no answer. */
export const refusalOf = (send: () => Promise<unknown>): Promise<GitHubError | undefined> =>
  refusalOnce(() => twice(send));

/** Why GitHub did not do something, or did not say whether it did. */
export async function refusalOnce(send: () => Promise<unknown>): Promise<GitHubError | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    if (error instanceof GitHubError) return error;
    throw error;
  }
}
