import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { integer, parseOptions, UnusableError, UsageError } from '../cli/arguments';
import { readCluster } from '../cli/input';
import { compacting, expiringEvents } from '../engine/apiserver/housekeeping';
import type { UserInfo } from '../engine/apiserver/request';
import { internalError } from '../engine/api/status';
import { Session } from '../engine/session';
import { BACKGROUND } from '../engine/simulation/process';
import { openAuditLog, type AuditLog } from './audit';
import { Kubeconfig, newToken, readTokenFile } from './access';
import { makeCertificate } from './certificate';
import { Handler, type HeardRequest } from './handler';
import { listen } from './listener';
import { Pacer } from './pace';
import { send } from './respond';

export interface ServeOptions {
  readonly session: Session;
  /** 0 for any free one. */
  readonly port: number;
  /** Virtual seconds per real second. */
  readonly speed: number;
  /** Closed with the server. It hears of requests as the session's option `audit`, so that none is missed while the world begins. */
  readonly audit?: AuditLog;
  readonly users?: ReadonlyMap<string, UserInfo>;
  /** Hears of every request for a resource before it is sent on. */
  readonly heard?: (request: HeardRequest) => void;
}

/** A running server. */
export interface Serving {
  readonly url: string;
  readonly token: string;
  readonly kubeconfig: string;
  /** Ends everything; the kubeconfig goes too. */
  close(): Promise<void>;
}

const ADMIN: UserInfo = { username: 'admin', uid: 'admin', groups: ['system:masters'] };
/** Serves a world's API over HTTP, and HTTPS on the same port, on the loopback address. */
export async function startServing(options: ServeOptions): Promise<Serving> {
  const { session } = options;
  const { api, simulation } = session.cluster;
  const token = newToken();
  api.authenticator.addToken(token, ADMIN);
  for (const [known, user] of options.users ?? []) api.authenticator.addToken(known, user);
  const pacer = new Pacer(simulation, options.speed);
  const certificate = makeCertificate(Date.now());
  let port = options.port;
  const handler = new Handler({ session, pacer: () => pacer, port: () => port, heard: options.heard });
  const listening = await listen(options.port, certificate, (request, response) => {
    handler.handle(request, response).catch((thrown: unknown) => { send(response, 500, internalError(thrown instanceof Error ? thrown.message : String(thrown))); });
  }).catch((thrown: unknown) => { pacer.stop(); options.audit?.close(); throw cannotListen(options.port, thrown); });
  const chores = housekeeping(session);
  port = listening.port;
  const kubeconfig = new Kubeconfig(`https://127.0.0.1:${port}`, token, certificate.certificate);
  return {
    url: `http://127.0.0.1:${port}`, token, kubeconfig: kubeconfig.path,
    close: async () => {
      pacer.stop();
      for (const chore of chores) chore.stop();
      kubeconfig.remove();
      await listening.close();
      options.audit?.close();
    },
  };
}

/** A world that is served goes on for hours: what is old is forgotten, as kube-apiserver does. */
function housekeeping({ cluster }: Session): readonly { stop(): void }[] {
  const { api, etcd, simulation } = cluster;
  return [compacting(api, etcd), expiringEvents(api, simulation)].map((chore) => simulation.spawn('kube-apiserver', chore, BACKGROUND));
}

/** Whether a program is on the PATH. */
export function hasProgram(name: string): boolean {
  const endings = process.platform === 'win32' ? (process.env['PATHEXT'] ?? '.EXE;.CMD;.BAT').split(';') : [''];
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && endings.some((ending) => existsSync(join(folder, name + ending))));
}

function cannotListen(port: number, thrown: unknown): unknown {
  const code = (thrown as { readonly code?: unknown }).code;
  if (code === 'EADDRINUSE') return new UnusableError(`port ${port} is in use: choose another with --port, or 0 for any free one`);
  if (code === 'EACCES') return new UnusableError(`port ${port} needs rights that this process has not: choose one above 1023, or 0 for any free one`);
  return thrown;
}

/** `controlplane serve`: until it is told to stop. */
export async function serve(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, ['--port', '--cluster', '--speed', '--audit-log-path', '--token-auth-file', '--seed'], []);
  if (options.files.length > 0) throw new UsageError('serve takes no files');
  const speedText = options.values['--speed'] ?? '1';
  const speed = speedText === 'max' ? Infinity : Number(speedText);
  if (!(speed > 0)) throw new UsageError(`--speed must be a positive number or max, not ${JSON.stringify(speedText)}`);
  const objects = options.values['--cluster'] === undefined ? undefined : readCluster(options.values['--cluster']);
  const users = options.values['--token-auth-file'] === undefined ? undefined : readTokenFile(options.values['--token-auth-file']);
  // Before there is anything to leave behind.
  const told = new Promise<void>((resolve) => { for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => { resolve(); }); });
  const seed = integer(options, '--seed', 1), port = integer(options, '--port', 0);
  if (port > 65_535) throw new UsageError(`--port must be at most 65535, not ${port}`);
  const epoch = Date.now() - 3000, auditPath = options.values['--audit-log-path'];
  const audit = auditPath === undefined ? undefined : openAuditLog(auditPath, epoch);
  const session = new Session({ seed, objects, epoch, audit: audit && ((record) => { audit.write(record); }) });
  const serving = await startServing({ session, port, speed, audit, users });
  process.stdout.write(`${JSON.stringify({ url: serving.url, token: serving.token, kubeconfig: serving.kubeconfig })}\n`);
  await told;
  await serving.close();
  return 0;
}
