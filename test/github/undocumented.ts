/**
 * Statuses GitHub gives although its description of the operation does not list them. Each was
 * seen in the field; anything else our server answers is held to the description.
 */
const ANYWHERE = new Map([
  [304, 'a conditional GET'],
  [401, 'bad credentials'],
  [403, 'the token may not, or a rate limit'],
  [404, 'nothing there, or a private repository this token cannot see'],
  [429, 'a rate limit, since 2024'],
]);

const PARTICULAR = new Map([
  ['actions/create-workflow-dispatch', [422]],
  ['git/list-matching-refs', [422]],
  ['issues/remove-label', [422]],
  ['reactions/create-for-issue-comment', [410]],
]);

export function isUndocumented(operation: string, status: number): boolean {
  return ANYWHERE.has(status) || PARTICULAR.get(operation)?.includes(status) === true;
}
