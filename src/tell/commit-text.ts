/**
 * What GitHub acts on in a commit message, up to where a character takes its meaning away:
 * - `[skip ci]` and its spellings, and `skip-checks: true`: no workflow runs
 *   (https://docs.github.com/actions/managing-workflow-runs/skipping-workflow-runs)
 * - `#13`, `GH-13`, `owner/repo#13` and addresses of issues: a reference, and after a word such as
 *   "fixes" the issue is closed (https://docs.github.com/issues/tracking-your-work-with-issues/linking-a-pull-request-to-an-issue)
 * - `@name` and `@org/team`: a mention, unless a letter, digit or `_` comes before, as in
 *   `new-checkout@production`. `owner/repo@` and the hash of a commit: a reference
 * - `Co-authored-by:` and its like: another author
 */
const INSTRUCTIONS: readonly RegExp[] = [
  /\[(?=\s*(?:skip|ci|no|actions)\b)/gi,
  /skip(?=-checks\s*:)/gi,
  /#(?=\d)/g,
  /\bgh-(?=\d)/gi,
  /(?<=[\w.-])\/(?:issues|pull|discussions)\/(?=\d)/gi,
  /(?<!\w)@(?=[a-z0-9])/gi,
  /@(?=[0-9a-f]{7,40}\b)/gi,
  /-(?=by\s*:)/gi,
];

/**
 * A text that becomes a commit message, or may: the title and body of a pull request do when it is
 * merged. What instructs GitHub gets a word joiner, which does not show. Everything else stays as it
 * is, to be read and copied.
 */
export const inert = (text: string): string =>
  INSTRUCTIONS.reduce((left, pattern) => left.replace(pattern, '$&\u2060'), text);
