import type { Duration } from '../../time.ts';

export interface GitHubAddress {
  readonly token: string;
  /** `https://api.github.com`, or that of a GitHub Enterprise. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** For one request, whole. 30 s unless given: GitHub itself gives a request up after 10 s. */
  readonly timeout?: Duration;
}
