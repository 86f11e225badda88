/** The action a workflow uses where nobody says which. */
export const DEFAULT_ACTION = 'sluice/sluice@v0';

const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';

/**
 * The workflows that give a repository its reviews, ticks, commands and compiled targets, by path.
 * One a file: GitHub switches off everything in a file whose schedule has been idle for long.
 *
 * @param action what `uses:` names, such as `owner/sluice@<commit>`
 */
export function workflowFiles(action: string): Readonly<Record<string, string>> {
  return {
    '.github/workflows/sluice-review.yml': review(action),
    '.github/workflows/sluice-tick.yml': tick(action),
    '.github/workflows/sluice-commands.yml': commands(action),
    '.github/workflows/sluice-compile.yml': compile(action),
  };
}

const review = (
  action: string,
): string => `# Reviews changes to rollouts in pull requests: annotations, and one comment.
name: Rollout review
on:
  pull_request:
    paths: ['rollouts/**', '.github/sluice.yml']
permissions:
  contents: read          # the files
  pull-requests: write    # the comment; on a fork it is not granted, and the summary has the review
jobs:
  review:
    runs-on: ubuntu-latest
    steps:
      - uses: ${CHECKOUT}
        with: {persist-credentials: false}
      - uses: ${action}
`;

const tick = (
  action: string,
): string => `# Moves rollouts: up when their checks allow it, back when one is breached.
name: Rollout tick
on:
  schedule:
    - cron: '*/5 * * * *'   # as often as GitHub goes; late and missing runs do no harm
  workflow_dispatch:
  repository_dispatch:
    types: [sluice]         # from an alert manager, say, to look at once
permissions:
  contents: write           # bumps, rollbacks and compiled targets are commits
  pull-requests: write      # reverts are pull requests
  issues: write             # where GitHub takes neither a commit nor a pull request, an issue says so
concurrency:
  group: sluice-tick        # two at once do no harm either; this only saves minutes
jobs:
  tick:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: ${CHECKOUT}
        with: {persist-credentials: false}
      - uses: ${action}
        # With an app's token, commits and reverts start your other workflows; with GITHUB_TOKEN they do not.
        # with: {token: '\${{ steps.app.outputs.token }}'}
        env:
          PROMETHEUS_TOKEN: \${{ secrets.PROMETHEUS_TOKEN }}   # as named under \`auth\` in .github/sluice.yml
`;

const commands = (
  action: string,
): string => `# Obeys comments such as /rollout rollback. No concurrency group: in one, a waiting /rollout kill could
# be dropped for a later comment.
name: Rollout commands
on:
  issue_comment:
    types: [created]
permissions:
  contents: write           # what a command changes is a commit
  pull-requests: write      # replies and reactions on pull requests; reverts that are over are closed
  issues: write             # replies and reactions on issues
jobs:
  respond:
    if: contains(github.event.comment.body, '/rollout') && github.event.comment.user.type != 'Bot'
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      # No checkout: state is read from the default branch, never from a pull request.
      - uses: ${action}
        env:
          PROMETHEUS_TOKEN: \${{ secrets.PROMETHEUS_TOKEN }}   # /rollout promote and status ask the metrics
`;

const compile = (
  action: string,
): string => `# Writes the compiled targets after a change by hand. A commit only where bytes differ: it cannot loop.
name: Rollout compile
on:
  push:
    branches: [main, master]   # the default branch; nothing happens on any other
    paths: ['rollouts/**', '.github/sluice.yml']
permissions:
  contents: write           # the compiled targets
jobs:
  compile:
    runs-on: ubuntu-latest
    steps:
      - uses: ${CHECKOUT}
        with: {persist-credentials: false}
      - uses: ${action}
`;
