import type { Namespace, ServiceAccount } from '../api/generated/types';
import type { NewObject } from '../api/object';
import { isStatus } from '../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../client/controller';
import { NAMESPACES, SERVICE_ACCOUNTS } from '../client/resources';
import { WorkQueue } from '../client/workQueue';
import type { Process } from '../simulation/process';
import { failed, isAlreadyExists, isNamespaceTerminating } from './outcome';

const DEFAULT_ACCOUNT = 'default';

/** The service account controller: every active namespace has the service account "default". */
export function serviceAccountController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const namespaces = informers.for(NAMESPACES), accounts = informers.for(SERVICE_ACCOUNTS);
  const queue = new WorkQueue(context.simulation);
  const enqueue = (namespace: Namespace): void => queue.add(namespace.metadata.name);
  namespaces.addHandler({ onAdd: enqueue, onUpdate: (_, namespace) => enqueue(namespace) });
  accounts.addHandler({ onDelete: (account) => { if (account.metadata.name === DEFAULT_ACCOUNT) queue.add(account.metadata.namespace ?? ''); } });

  function* sync(name: string): Process<SyncResult> {
    if (namespaces.get(name)?.status?.phase !== 'Active' || accounts.get(`${name}/${DEFAULT_ACCOUNT}`) !== undefined) return { outcome: '' };
    const created = yield* client.create(SERVICE_ACCOUNTS, name, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: DEFAULT_ACCOUNT, namespace: name } } as NewObject<ServiceAccount>);
    if (isStatus(created) && !isAlreadyExists(created) && !isNamespaceTerminating(created)) return failed(created);
    return { outcome: `namespace ${name} gets its service account "${DEFAULT_ACCOUNT}"` };
  }
  return { name: context.name, start: () => startWorkers(context, queue, 'namespaces', 1, sync) };
}
