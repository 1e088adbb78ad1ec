import type { KubernetesObject } from '../api/object';
import { isStatus } from '../api/status';
import type { ApiServer, Sender } from '../apiserver/request';
import type { ResourceRegistry } from '../api/resources/registry';
import type { Process } from '../simulation/process';
import type { DocumentOutcome } from './create';

/** What the user sees at the end: each created object as it is now, read as `kubectl get` reads it. */
export function* getCreated(outcomes: readonly DocumentOutcome[], options: { readonly api: ApiServer; readonly registry: ResourceRegistry; readonly sender: Sender }): Process<readonly KubernetesObject[]> {
  const objects: KubernetesObject[] = [];
  for (const outcome of outcomes) {
    const made = outcome.object;
    const definition = made ? options.registry.forObject(made.apiVersion, made.kind) : undefined;
    if (!made || !definition?.verbs.includes('get')) continue;
    const response = yield* options.api.request(options.sender, { verb: 'get', group: definition.group, version: definition.version, resource: definition.resource, namespace: made.metadata.namespace, name: made.metadata.name });
    if (!isStatus(response.object)) objects.push(response.object as KubernetesObject);
  }
  return objects;
}
