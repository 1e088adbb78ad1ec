import { run } from './cli/run';

const write = (text: string): void => { process.stdout.write(text); };
const complain = (line: string): void => { process.stderr.write(`${line}\n`); };

// Output to a pipe may still be on its way: the process ends by itself.
void run(process.argv.slice(2), write, complain).then((code) => { process.exitCode = code; }, (thrown: unknown) => { console.error(thrown); process.exitCode = 70; });
