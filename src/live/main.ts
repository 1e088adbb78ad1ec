import { parentPort } from 'node:worker_threads';
import { serveLive } from './host';

export { clusterOfContext } from './commandLine';

// As a worker thread of the editor; the command line loads this file as a module.
if (parentPort) {
  const port = parentPort;
  serveLive({ post: (message) => { port.postMessage(message); }, receive: (handler) => { port.on('message', handler); } });
}
