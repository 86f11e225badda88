/**
 * What GraphQL's errors say about a request. They come with a 200, so the status says nothing:
 * only `type`, `path` and `extensions` tell a no from a failure.
 */
export type ErrorMeaning =
  /** GitHub answered, and the answer is no. Nothing was done. */
  | 'refused'
  | 'not-found'
  /** A query that costs GitHub more than it spends on one; a smaller one may succeed. */
  | 'too-large'
  /** A server error in disguise: whether a write was done is unknown. */
  | 'ambiguous';

/**
 * The types that are a no. The list is closed: any other type, and none at all ("Something went
 * wrong while executing your query"), is how GitHub reports a failure or a timeout of its own.
 */
const REFUSALS: readonly string[] = [
  'NOT_FOUND',
  'FORBIDDEN',
  'INSUFFICIENT_SCOPES',
  'UNPROCESSABLE',
  'STALE_DATA',
  'BRANCH_PROTECTION_RULE_VIOLATION',
  'EXCESSIVE_PAGINATION',
  'MISSING_PAGINATION_BOUNDARIES',
];

const TOO_LARGE: readonly string[] = ['RESOURCE_LIMITS_EXCEEDED', 'MAX_NODE_LIMIT_EXCEEDED'];
/** What GitHub says, without a type, when the text of a query is too long. */
const TOO_LONG = /A query attribute must be specified/i;

/** One error counts as a no only if every error of the answer is one. */
export function meaningOf(errors: readonly unknown[], kind: 'query' | 'mutation'): ErrorMeaning {
  const parts = errors.map(partsOf);
  const tooLarge = parts.some(
    ({ type, message }) => TOO_LARGE.includes(type) || TOO_LONG.test(message),
  );
  // The limit is on work, so a mutation may have been carried out before it was reached.
  if (tooLarge) return kind === 'query' ? 'too-large' : 'ambiguous';
  if (!parts.every((each) => isRefusal(each, kind))) return 'ambiguous';
  return parts.some(({ type }) => type === 'NOT_FOUND') ? 'not-found' : 'refused';
}

interface Parts {
  readonly type: string;
  readonly message: string;
  /** How deep in the answer it happened; 0 if GitHub does not say. */
  readonly depth: number;
  readonly extensions: Readonly<Record<string, unknown>>;
}

function isRefusal({ type, depth, extensions }: Parts, kind: 'query' | 'mutation'): boolean {
  if (type === '') return isInvalidRequest(extensions);
  // Below the mutation's own field the mutation has run, and reading its result failed.
  const ran = kind === 'mutation' && depth > 1;
  return !ran && REFUSALS.includes(type);
}

/** Errors found before anything is executed: they name a rule of GraphQL, or the bad variables. */
function isInvalidRequest({ code, problems }: Parts['extensions']): boolean {
  if (Array.isArray(problems)) return true;
  return typeof code === 'string' && code !== '' && !/timeout|internal|unavailable/i.test(code);
}

function partsOf(error: unknown): Parts {
  const { type, message, path, extensions } = isRecord(error) ? error : {};
  return {
    type: typeof type === 'string' ? type : '',
    message: typeof message === 'string' ? message : '',
    depth: Array.isArray(path) ? path.length : 0,
    extensions: isRecord(extensions) ? extensions : {},
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
