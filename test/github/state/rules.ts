import type { Account, Protection } from './model.ts';
import type { StoredRepository } from './repository.ts';

/** A rule that stands in the way, in GitHub's words. */
export interface Refusal {
  readonly kind: 'classic' | 'ruleset';
  readonly sentences: readonly string[];
}

function matches(repository: StoredRepository, rule: Protection, branch: string): boolean {
  const pattern = rule.branch ?? repository.defaultBranch;
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
  return new RegExp(`^${source}$`).test(branch);
}

export function rulesFor(
  repository: StoredRepository,
  branch: string,
  actor?: Account,
): readonly Protection[] {
  return repository.protections.filter(
    (rule) =>
      matches(repository, rule, branch) &&
      !(actor !== undefined && rule.bypass?.includes(actor.login) === true),
  );
}

function passed(repository: StoredRepository, sha: string, context: string): boolean {
  return repository.checks.get(sha)?.get(context) === 'success';
}

function missingChecks(repository: StoredRepository, rule: Protection, sha: string): string[] {
  const required = rule.requiredChecks ?? [];
  const missing = required.filter((context) => !passed(repository, sha, context));
  if (missing.length === 0) return [];
  const [only] = missing;
  return missing.length === 1 && required.length === 1
    ? [`Required status check "${only}" is expected.`]
    : [`${missing.length} of ${required.length} required status checks are expected.`];
}

function refusal(
  rules: readonly Protection[],
  sentences: (rule: Protection) => readonly string[],
): Refusal | undefined {
  for (const rule of rules) {
    const said = sentences(rule);
    if (said.length > 0) return { kind: rule.kind ?? 'classic', sentences: said };
  }
  return undefined;
}

/** Why a branch may not be set to a commit just like that. */
export function refusesUpdate(
  repository: StoredRepository,
  branch: string,
  sha: string,
  actor: Account,
): Refusal | undefined {
  return refusal(rulesFor(repository, branch, actor), (rule) => [
    ...(rule.requirePullRequest === true || (rule.requiredApprovals ?? 0) > 0
      ? ['Changes must be made through a pull request.']
      : []),
    ...missingChecks(repository, rule, sha),
  ]);
}

export function refusesCreation(
  repository: StoredRepository,
  branch: string,
  actor: Account,
): Refusal | undefined {
  return refusal(rulesFor(repository, branch, actor), (rule) =>
    rule.restrictCreation === true ? ['Cannot create ref due to creations being restricted.'] : [],
  );
}

/** Why a pull request may not be merged yet. Auto-merge waits for the same. */
export function refusesMerge(
  repository: StoredRepository,
  branch: string,
  sha: string,
  approvals: number,
): Refusal | undefined {
  return refusal(rulesFor(repository, branch), (rule) => {
    const wanted = rule.requiredApprovals ?? 0;
    const reviews = wanted === 1 ? 'review is' : 'reviews are';
    return [
      ...(approvals < wanted
        ? [`At least ${wanted} approving ${reviews} required by reviewers with write access.`]
        : []),
      ...missingChecks(repository, rule, sha),
    ];
  });
}

/** A refusal as one message. A ruleset's has a heading and room around it. */
export function sentence({ kind, sentences }: Refusal): string {
  return kind === 'classic'
    ? sentences.join(' ')
    : `Repository rule violations found\n\n${sentences.join('\n')}\n\n`;
}
