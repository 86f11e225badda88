/** Where this server is, in the words of one request: at the root, or as GitHub Enterprise. */
export interface Urls {
  /** `https://api.github.com`, or `https://ghe.example/api/v3`. */
  readonly api: string;
  /** `https://github.com`. */
  readonly web: string;
}

export function time(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

export function maybeTime(at: number | null): string | null {
  return at === null ? null : time(at);
}

/** A global id: opaque to clients, and readable enough in a test that fails. */
export function nodeId(kind: string, ...parts: readonly (string | number)[]): string {
  return `${kind}_${parts.join('_')}`;
}
