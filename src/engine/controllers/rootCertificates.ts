import type { ConfigMap, Namespace } from '../api/generated/types';
import type { NewObject } from '../api/object';
import { isStatus } from '../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../client/controller';
import { CONFIG_MAPS, NAMESPACES } from '../client/resources';
import { WorkQueue } from '../client/workQueue';
import type { Process } from '../simulation/process';
import { failed, isNamespaceTerminating, messageOf } from './outcome';

const CONFIG_MAP = 'kube-root-ca.crt';
const KEY = 'ca.crt';
const DESCRIPTION = 'kubernetes.io/description';
const DESCRIPTION_TEXT = 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. '
  + 'No other usage is guaranteed across distributions of Kubernetes clusters.';

/** What stands for the certificate of a cluster that has no network. */
export const SIMULATED_ROOT_CA = '-----BEGIN CERTIFICATE-----\nc2ltdWxhdGVkIGNsdXN0ZXI6IG5vYm9keSBsaXN0ZW5z\n-----END CERTIFICATE-----\n';

/** The root CA publisher: every namespace has the config map that pods verify the API server with. */
export function rootCertificatePublisher(context: ControllerContext, rootCA: string): Controller {
  const { client, informers } = context;
  const namespaces = informers.for(NAMESPACES), configMaps = informers.for(CONFIG_MAPS);
  const queue = new WorkQueue(context.simulation);
  const enqueue = (namespace: Namespace): void => { if (namespace.status?.phase === 'Active') queue.add(namespace.metadata.name); };
  const changed = (map: ConfigMap): void => { if (map.metadata.name === CONFIG_MAP) queue.add(map.metadata.namespace ?? ''); };
  namespaces.addHandler({ onAdd: enqueue, onUpdate: (_, namespace) => enqueue(namespace) });
  configMaps.addHandler({ onUpdate: (_, map) => changed(map), onDelete: changed });

  function* sync(name: string): Process<SyncResult> {
    const current = configMaps.get(`${name}/${CONFIG_MAP}`);
    const data = { [KEY]: rootCA };
    if (current === undefined) {
      const created = yield* client.create(CONFIG_MAPS, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: CONFIG_MAP, annotations: { [DESCRIPTION]: DESCRIPTION_TEXT } }, data } as NewObject<ConfigMap>);
      if (!isStatus(created)) return { outcome: `namespace ${name} gets the cluster's root certificate` };
      return isNamespaceTerminating(created) ? { outcome: messageOf(created) } : failed(created);
    }
    if (current.data?.[KEY] === rootCA && Object.keys(current.data).length === 1 && current.metadata.annotations?.[DESCRIPTION] !== undefined) return { outcome: '' };
    const annotations = { ...current.metadata.annotations, [DESCRIPTION]: DESCRIPTION_TEXT };
    const updated = yield* client.update(CONFIG_MAPS, { ...current, metadata: { ...current.metadata, annotations }, data });
    return isStatus(updated) ? failed(updated) : { outcome: `restored the root certificate of namespace ${name}` };
  }
  return { name: context.name, start: () => startWorkers(context, queue, 'namespaces', 1, sync) };
}
