import type { Namespace } from '../../api/generated/types';
import { forbidden, notFound, type Status } from '../../api/status';
import { denied } from './denied';
import type { AdmissionPlugin } from './plugin';

const NAMESPACES = { group: '', resource: 'namespaces' };
const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

/** NamespaceLifecycle: nothing is created in a namespace that is not there or is going away; three namespaces cannot be deleted. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  handles: ({ definition, operation }) => definition.namespaced ? operation === 'CREATE' : operation === 'DELETE' && definition.group === '' && definition.resource === 'namespaces',
  admit(attributes, environment) {
    const { namespace, object } = attributes;
    const found = environment.get('', 'namespaces', '', namespace) as unknown as Namespace | undefined;
    if (!found) return notFound(NAMESPACES, namespace);
    if (found.status?.phase !== 'Terminating' && !found.metadata.deletionTimestamp) return object;
    const refusal = denied(attributes, `unable to create new content in namespace ${namespace} because it is being terminated`);
    const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
    return { ...refusal, details: { ...refusal.details, causes: [cause] } } satisfies Status;
  },
  validate({ operation, name }) {
    return operation === 'DELETE' && IMMORTAL.has(name) ? forbidden(NAMESPACES, name, 'this namespace may not be deleted') : undefined;
  },
};
