import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order, Told } from './service.ts';

/** The web service, seen from outside. */
export interface Service {
  readonly url: string;
  /** `host:port`, as Prometheus names what it scrapes. */
  readonly target: string;
  /** Switches the fault of the treatment on; answers when. */
  breakTreatment(): Promise<number>;
  /** Answers when the service has read that its flag is in a phase. */
  hasRead(phase: string): Promise<number>;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./service.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** In milliseconds. Long, for a machine that is busy. */
const PATIENCE = 60_000;

/** Starts the web service as a process, on a port that is free. */
export async function startService(flagFile: string): Promise<Service> {
  const child = fork(PROGRAM, [flagFile], {
    cwd: ROOT,
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = `${log}${text}`.slice(-4000);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const reap = () => void child.kill('SIGKILL');
  process.once('exit', reap);
  child.once('exit', () => process.off('exit', reap));

  /** The first thing that is told and fits, be it told already. */
  const heard: Told[] = [];
  const told = <K extends Told['kind']>(
    kind: K,
    fits: (each: Extract<Told, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<Told, { kind: K }>> =>
    new Promise((resolve, reject) => {
      const is = (each: Told): each is Extract<Told, { kind: K }> => each.kind === kind;
      const already = heard.filter(is).find(fits);
      if (already) return resolve(already);
      const stop = (): void => {
        clearTimeout(timer);
        child.off('message', listen);
        child.off('exit', gone);
      };
      const fail = (what: string): void => {
        stop();
        reject(new Error(`the web service ${what} (waiting for ${kind}):\n${log}`));
      };
      const listen = (each: Told): void => {
        if (!is(each) || !fits(each)) return;
        stop();
        resolve(each);
      };
      const gone = (): void => fail('ended');
      const timer = setTimeout(() => fail('does not answer'), PATIENCE);
      child.on('message', listen);
      child.once('exit', gone);
    });
  child.on('message', (each: Told) => heard.push(each));
  const order = (each: Order): void => void child.send(each);
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };

  try {
    const { port } = await told('listening');
    return {
      url: `http://127.0.0.1:${port}`,
      target: `127.0.0.1:${port}`,
      async breakTreatment() {
        order({ kind: 'break-treatment' });
        return (await told('fault-on')).at;
      },
      hasRead: async (phase) => (await told('flags-read', (each) => each.phase === phase)).at,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
