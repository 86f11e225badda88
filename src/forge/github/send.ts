import { GitHubError } from './client.ts';

/**
 * Sends what says the same thing when it is said twice: after no answer it is said again. Never
 * for what makes something.
 */
export async function twice(send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof GitHubError) || error.code !== 'ambiguous') throw error;
    await send();
  }
}

/** What GitHub has against something; nothing where it did it. */
export async function refusalOf(send: () => Promise<unknown>): Promise<GitHubError | undefined> {
  try {
    await twice(send);
    return undefined;
  } catch (error) {
    if (error instanceof GitHubError) return error;
    throw error;
  }
}
