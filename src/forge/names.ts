/**
 * How often a proposal looks for a name that nobody else has taken. Anyone who can push can take the
 * name of a revert; who takes all of them gains a commit instead, or an alarm.
 */
const NAMES = 4;

/** The names a proposal may go by: its own, and those for when somebody else has taken that. */
export function namesOf(branch: string): readonly string[] {
  return Array.from({ length: NAMES }, (_, index) =>
    index === 0 ? branch : `${branch}.${index + 1}`,
  );
}

/** The proposal that a branch is for, whichever of its names it goes by. */
export function properName(branch: string): string {
  return branch.replace(/(?<=Z)\.[2-9]$/, '');
}

/** Why a proposal has no branch, if other people have all of its names. */
export function allTaken(branch: string): string {
  return `the branches ${namesOf(branch).join(', ')} are there and are not Sluice's; delete or rename them`;
}
