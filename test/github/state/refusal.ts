/** GitHub's refusal of a request: thrown where it is found, answered in one place. */
export class RequestError extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.body = { message, ...more };
    this.headers = headers;
  }
}

export function notFound(): RequestError {
  return new RequestError(404, 'Not Found');
}

export interface FieldError {
  readonly resource: string;
  readonly code: 'custom' | 'invalid' | 'missing' | 'missing_field' | 'already_exists';
  readonly field?: string;
  readonly message?: string;
  readonly value?: string;
}

export function invalid(...errors: readonly FieldError[]): RequestError {
  return new RequestError(422, 'Validation Failed', { errors });
}

export function forbidden(kind: 'integration' | 'person'): RequestError {
  const who = kind === 'integration' ? 'integration' : 'personal access token';
  return new RequestError(403, `Resource not accessible by ${who}`);
}
