import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A file that was built, as it is run. */
export const built = (name: string): string =>
  fileURLToPath(new URL(`../dist/${name}`, import.meta.url));

export interface Program {
  readonly node: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs a program to its end, and answers the milliseconds from its start. Fails where it fails. */
export function runProgram({ node, args, cwd, env }: Program): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(node, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      const took = performance.now() - began;
      if (code === 0) resolve(took);
      else reject(new Error(`${args.join(' ')} ended with ${code}:\n${Buffer.concat(said)}`));
    });
  });
}
