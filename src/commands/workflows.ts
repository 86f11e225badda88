const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';

/** The variable that the example config names. */
const SECRET = 'PROMETHEUS_TOKEN';

const inThisRepository = (action: string): boolean => action.startsWith('./');

/** How a workflow about a comment gets an action of the repository: from its default branch. */
const LOCAL = `      # For the action alone, from the default branch. State is read from there too, never from a pull request.
      - uses: ${CHECKOUT}
        with: {persist-credentials: false}
`;

/**
 * The workflows that give a repository its reviews, ticks, commands and compiled targets, by path.
 * One a file: GitHub switches off everything in a file whose schedule has been idle for long.
 *
 * @param action what `uses:` names: `owner/sluice@<commit>`, or `./` for the repository itself
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
        with: {allowed-secrets: ${SECRET}}   # the same as in the other workflows: the review says what they would refuse
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
        with:
          allowed-secrets: ${SECRET}   # all that .github/sluice.yml may name under \`auth\`, separated by commas
          # With an app's token, commits and reverts start your other workflows; with GITHUB_TOKEN they do not.
          # token: '\${{ steps.app.outputs.token }}'
        env:
          ${SECRET}: \${{ secrets.${SECRET} }}
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
${inThisRepository(action) ? LOCAL : '      # No checkout: state is read from the default branch, never from a pull request.\n'}      - uses: ${action}
        with: {allowed-secrets: ${SECRET}}
        env:
          ${SECRET}: \${{ secrets.${SECRET} }}   # /rollout promote and status ask the metrics
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
