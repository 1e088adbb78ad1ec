import { forbidden, notFound, type Status } from '../../api/status';
import type { AdmissionPlugin } from './plugin';

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

/** NamespaceLifecycle: nothing is created in a namespace that is not there or is going away; three namespaces cannot be deleted. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  handles: ({ definition, operation }) => definition.namespaced ? operation === 'CREATE' : operation === 'DELETE' && definition.group === '' && definition.resource === 'namespaces',
  admit({ definition, namespace, name, object }, environment) {
    const found = environment.get('', 'namespaces', '', namespace);
    if (!found) return notFound({ group: '', resource: 'namespaces' }, namespace);
    if (!found.metadata.deletionTimestamp) return object;
    const refusal = forbidden(definition, name, `unable to create new content in namespace ${namespace} because it is being terminated`);
    return {
      ...refusal,
      details: { ...refusal.details, causes: [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }] },
    } satisfies Status;
  },
  validate({ operation, name }) {
    return operation === 'DELETE' && IMMORTAL.has(name) ? forbidden({ group: '', resource: 'namespaces' }, name, 'this namespace may not be deleted') : undefined;
  },
};
