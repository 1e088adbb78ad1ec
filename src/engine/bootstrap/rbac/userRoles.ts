import { READ, READ_WRITE, WRITE, rule, urls } from '../../apiserver/authorization/rules';
import type { RoleRow } from './role';

const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-';
const DISCOVERY = '/livez /readyz /healthz /version /version/';

/** The roles for people: all, a namespace, its contents, or reading them. */
export const USER_ROLES: readonly RoleRow[] = [
  { name: 'cluster-admin', rules: [rule('*', '*', '*'), urls('*', '*')] },
  { name: 'admin', rules: [], aggregates: `${AGGREGATE}admin` },
  { name: 'edit', rules: [], labels: { [`${AGGREGATE}admin`]: 'true' }, aggregates: `${AGGREGATE}edit` },
  { name: 'view', rules: [], labels: { [`${AGGREGATE}edit`]: 'true' }, aggregates: `${AGGREGATE}view` },
  {
    name: 'system:aggregate-to-admin', labels: { [`${AGGREGATE}admin`]: 'true' },
    rules: [rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews'), rule(READ_WRITE, 'rbac.authorization.k8s.io', 'roles rolebindings')],
  },
  {
    name: 'system:aggregate-to-edit', labels: { [`${AGGREGATE}edit`]: 'true' },
    rules: [
      rule(READ, 'core', 'pods/attach pods/proxy pods/exec pods/portforward secrets services/proxy'),
      rule('impersonate', 'core', 'serviceaccounts'),
      rule(WRITE, 'core', 'pods pods/attach pods/proxy pods/exec pods/portforward'),
      rule('create', 'core', 'pods/eviction'),
      rule(WRITE, 'core', 'replicationcontrollers replicationcontrollers/scale serviceaccounts services services/proxy persistentvolumeclaims configmaps secrets events'),
      rule('create', 'core', 'serviceaccounts/token'),
      rule(WRITE, 'apps', 'statefulsets statefulsets/scale daemonsets deployments deployments/scale deployments/rollback replicasets replicasets/scale'),
      rule(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
      rule(WRITE, 'batch', 'jobs cronjobs'),
      rule(WRITE, 'extensions', 'daemonsets deployments deployments/scale deployments/rollback ingresses replicasets replicasets/scale replicationcontrollers/scale networkpolicies'),
      rule(WRITE, 'policy', 'poddisruptionbudgets'),
      rule(WRITE, 'networking.k8s.io', 'networkpolicies ingresses'),
      rule(READ_WRITE, 'coordination.k8s.io', 'leases'),
      rule(WRITE, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
    ],
  },
  {
    name: 'system:aggregate-to-view', labels: { [`${AGGREGATE}view`]: 'true' },
    rules: [
      rule(READ, 'core', 'pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status endpoints persistentvolumeclaims persistentvolumeclaims/status configmaps'),
      rule(READ, 'core', 'limitranges resourcequotas bindings events pods/status resourcequotas/status namespaces/status replicationcontrollers/status pods/log'),
      rule(READ, 'core', 'namespaces'),
      rule(READ, 'discovery.k8s.io', 'endpointslices'),
      rule(READ, 'apps', 'controllerrevisions statefulsets statefulsets/status statefulsets/scale daemonsets daemonsets/status deployments deployments/status deployments/scale replicasets replicasets/status replicasets/scale'),
      rule(READ, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
      rule(READ, 'batch', 'jobs cronjobs cronjobs/status jobs/status'),
      rule(READ, 'extensions', 'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status replicasets replicasets/scale replicasets/status replicationcontrollers/scale networkpolicies'),
      rule(READ, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
      rule(READ, 'networking.k8s.io', 'networkpolicies ingresses ingresses/status'),
      rule(READ, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
    ],
  },
  { name: 'system:discovery', rules: [urls('get', `${DISCOVERY} /openapi /openapi/* /api /api/* /apis /apis/*`)] },
  { name: 'system:public-info-viewer', rules: [urls('get', DISCOVERY)] },
  {
    name: 'system:basic-user',
    rules: [rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'), rule('create', 'authentication.k8s.io', 'selfsubjectreviews')],
  },
  {
    name: 'system:monitoring',
    rules: [urls('get', '/metrics /metrics/slis /livez /readyz /healthz /livez/* /readyz/* /healthz/*'), rule('get', 'core', 'nodes/metrics')],
  },
];
