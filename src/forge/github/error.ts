import { joinedLines } from '../../text.ts';
import { ForgeFailure } from '../error.ts';

/** What can go wrong with a request, told apart by what it means for the one who made it. */
export type GitHubErrorCode =
  /** GitHub answered, and the answer is no. Nothing happened. */
  | 'refused'
  | 'not-found'
  /** Asked too often; waiting any longer would take too long. */
  | 'rate-limited'
  /** A query that costs GitHub more than it spends on one: ask about less at once. */
  | 'too-large'
  /** Neither yes nor no: whether a write happened is unknown until it is read back. */
  | 'ambiguous';

/**
 * A request that did not succeed. The message names the endpoint and says what GitHub said, which
 * has been quoted by then: it is fit to be shown.
 */
export class GitHubError extends ForgeFailure {
  override readonly name = 'GitHubError';
  readonly code: GitHubErrorCode;
  readonly endpoint: string;
  readonly status: number | undefined;
  /** GraphQL's types of error: `STALE_DATA`, `FORBIDDEN`, … */
  readonly types: readonly string[];
  /** GitHub's own sentence, on one line and without its full stop. */
  readonly said: string;

  constructor(
    code: GitHubErrorCode,
    endpoint: string,
    said: string,
    more: { readonly status?: number; readonly types?: readonly string[] } = {},
  ) {
    const sentence = joinedLines(said).replace(/\.$/, '');
    super(`${endpoint}: ${sentence}`);
    this.code = code;
    this.endpoint = endpoint;
    this.status = more.status;
    this.types = more.types ?? [];
    this.said = sentence;
  }
}
