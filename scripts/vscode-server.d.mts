/** A running VS Code server. */
export interface VscodeServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** `127.0.0.1:PORT`: the authority of its vscode-remote URIs. */
  readonly authority: string;
  /** Resolves when the server has ended, whatever the reason. */
  readonly ended: Promise<unknown>;
  /** What it printed last. */
  log(): string;
  stop(): Promise<unknown>;
}

export interface VscodeOptions {
  /** The folder that `ensureVscode` returned. */
  readonly vscode: string;
  /** Where this instance keeps settings, extensions and logs. */
  readonly data: string;
  readonly settings?: object;
  /** Wanted port; another one is taken when it is not free. */
  readonly port?: number;
  readonly token?: string;
  readonly extensions?: string;
  readonly extra?: readonly string[];
  /** Show dialogs: the driver of smoke tests refuses them. */
  readonly dialogs?: boolean;
}

export function ensureVscode(say?: (line: string) => void): Promise<string>;
export function startVscode(options: VscodeOptions): Promise<VscodeServer>;
export function installVsix(options: { readonly vscode: string; readonly data: string; readonly extensions?: string; readonly vsix: string }): Promise<string>;
