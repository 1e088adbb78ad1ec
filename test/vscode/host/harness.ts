// A test runner small enough to run wherever an extension host does: in Node, in a browser's worker, in the desktop's VS Code. It reports one line
// of JSON a test on the console; test/vscode/host.test.ts turns those into tests of node's runner.

/** Starts each line of the report. */
export const MARK = '@@controlplane-test ';
/** Begins the line that says which kind of extension host the suite runs in. */
export const HOST = '@@host ';

/** What one test came to. */
export interface Outcome {
  readonly name: string;
  /** Undefined when it passed. */
  readonly error?: string;
  /** Why it was not run. */
  readonly skipped?: string;
  /** Wall-clock milliseconds. */
  readonly milliseconds: number;
}

type Body = () => void | Promise<void>;
interface Registered { readonly name: string; readonly body: Body; readonly timeout: number; readonly skip?: string }

const registered: Registered[] = [];

/** Registers a test; they run one after the other. `timeout` in milliseconds; `skip` is the reason why this host cannot run it. */
export function test(name: string, body: Body, options: { readonly timeout?: number; readonly skip?: string } = {}): void {
  registered.push({ name, body, timeout: options.timeout ?? 20_000, skip: options.skip });
}

/** Fails the test unless `condition` holds. */
export function ok(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Fails the test unless both are the same as JSON. */
export function same(actual: unknown, expected: unknown, message = 'values differ'): void {
  const [a, e] = [JSON.stringify(actual, undefined, 1), JSON.stringify(expected, undefined, 1)];
  if (a !== e) throw new Error(`${message}\nactual:   ${a}\nexpected: ${e}`);
}

/** Asks again until `read` gives something, at most `timeout` milliseconds; then fails with `message`. */
export async function eventually<T>(read: () => T | undefined | Promise<T | undefined>, message: string, timeout = 10_000): Promise<T> {
  for (let waited = 0; waited < timeout; waited += 50) {
    const value = await read();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${message} (waited ${timeout} ms)`);
}

/** True in an extension host that is a Node process, false in a browser's worker. */
export const isNode = (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined && typeof (globalThis as { importScripts?: unknown }).importScripts === 'undefined';

async function runOne({ name, body, timeout, skip }: Registered): Promise<Outcome> {
  if (skip !== undefined) return { name, skipped: skip, milliseconds: 0 };
  const started = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Error(`not finished after ${timeout} ms`)), timeout); });
  try {
    await Promise.race([Promise.resolve().then(body), limit]);
    return { name, milliseconds: Date.now() - started };
  } catch (error) {
    return { name, error: error instanceof Error ? error.stack ?? error.message : String(error), milliseconds: Date.now() - started };
  } finally {
    clearTimeout(timer);
  }
}

/** What VS Code calls for its extensionTestsPath: rejects when a test failed. */
export async function run(): Promise<void> {
  let failures = 0;
  console.log(HOST + (isNode ? 'node' : 'web'));
  for (const entry of registered) {
    const outcome = await runOne(entry);
    if (outcome.error !== undefined) failures += 1;
    console.log(MARK + JSON.stringify(outcome));
  }
  if (registered.length === 0) throw new Error('no test was registered');
  if (failures > 0) throw new Error(`${failures} of ${registered.length} tests failed`);
}
