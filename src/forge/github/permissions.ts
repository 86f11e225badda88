import type { GitHubError } from './error.ts';

/** What a workflow's `permissions:` can give. */
type Scope = 'contents' | 'pull-requests' | 'issues';

/** For a token that was given too little: which permission the workflow has to give. */
export function hintFor({ said }: GitHubError, scope: Scope): string {
  return /resource not accessible by|must have (admin|push|write)/i.test(said)
    ? `. Give the workflow "permissions: ${scope}: write", or the bot an app token that has it`
    : '';
}

/** For a request that ended a run: what the person who set it up should look at. */
export function adviceFor(error: GitHubError): string {
  if (error.status === 401) return '. The token is wrong or has expired';
  switch (error.code) {
    case 'not-found':
      return '. Either it does not exist, or the token cannot see it: in a private repository the workflow needs "permissions: contents: read, pull-requests: read"';
    case 'rate-limited':
      return '. Too many requests were made with this token; run the workflow less often, or give the bot an app token, which has limits of its own';
    case 'ambiguous':
      return '. GitHub did not answer; https://www.githubstatus.com says whether it is down';
    case 'too-large':
      return '. GitHub could not answer that in one request; run the workflow again';
    case 'refused':
      return hintFor(error, 'contents');
  }
}
