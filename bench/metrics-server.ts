/**
 * A metrics server of its own process: any question is answered after 20 ms, as Prometheus answers.
 * It prints its port, and ends when its standard input does.
 */
import { createServer } from 'node:http';

const DELAY = 20;

const vector = (value: number): string =>
  `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"${value}"]}]}}`;
const matrix = (time: number): string =>
  `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[${time},"5000"]]}]}}`;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const range = request.url?.endsWith('/query_range');
    const body = range ? matrix(Number(form.get('end'))) : vector(5_000);
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(body);
    }, DELAY);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
process.stdin.on('end', () => process.exit()).resume();
