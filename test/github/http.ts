import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './rest/call.ts';

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The token of an Authorization header, however it is dressed up. */
export function credential(request: IncomingMessage): string | undefined {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
  if (/^(token|bearer)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return undefined;
  // git and actions/checkout: any name, with the token as the password.
  const text = Buffer.from(value, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}

export interface Wire {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer | undefined;
}

/** An answer as it goes over the wire, with an ETag where it can be asked for again. */
export function onTheWire(answer: Answer, headers: Readonly<Record<string, string>>): Wire {
  const { status, body, type = 'application/json' } = answer;
  if (body === undefined) {
    return { status, headers: { ...headers, ...answer.headers }, bytes: undefined };
  }
  const text = type === 'application/json' ? JSON.stringify(body) : body;
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(String(text));
  const tag = `W/"${createHash('sha256').update(bytes).digest('hex')}"`;
  return {
    status,
    headers: {
      'content-type': `${type}; charset=utf-8`,
      ...(status === 200 ? { etag: tag } : {}),
      ...headers,
      ...answer.headers,
    },
    bytes,
  };
}

export function send(response: ServerResponse, { status, headers, bytes }: Wire): void {
  response.writeHead(status, {
    ...headers,
    ...(bytes === undefined ? {} : { 'content-length': String(bytes.length) }),
  });
  response.end(bytes);
}
