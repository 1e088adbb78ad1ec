import type { ClusterRole, PolicyRule } from '../api/generated/types';
import { compileLabelSelector, type Labels } from '../api/selectors';
import { isStatus } from '../api/status';
import { semanticEqual } from '../api/validation/equal';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../client/controller';
import { CLUSTER_ROLES } from '../client/resources';
import { WorkQueue } from '../client/workQueue';
import type { Process } from '../simulation/process';
import { byName } from './objects';
import { failed } from './outcome';

const WORKERS = 5;

/** The cluster role aggregation controller: a role with an aggregation rule has the rules of all roles that it selects. */
export function clusterRoleAggregationController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const roles = informers.for(CLUSTER_ROLES);
  const queue = new WorkQueue(context.simulation);
  roles.addIndex('aggregating', (role) => (role.aggregationRule ? ['yes'] : []));
  const changed = (): void => { for (const role of roles.byIndex('aggregating', 'yes')) queue.add(role.metadata.name); };
  roles.addHandler({ onAdd: changed, onUpdate: changed, onDelete: changed });

  function* sync(name: string): Process<SyncResult> {
    const role = roles.get(name);
    if (role?.aggregationRule === undefined) return { outcome: '' };
    const rules: PolicyRule[] = [];
    for (const selector of role.aggregationRule.clusterRoleSelectors ?? []) {
      const compiled = compileLabelSelector(selector);
      for (const other of [...roles.list()].filter((r) => r.metadata.name !== name && compiled.matches(r.metadata.labels as Labels)).sort(byName)) {
        for (const rule of other.rules ?? []) if (!rules.some((known) => semanticEqual(known, rule))) rules.push(rule);
      }
    }
    if (semanticEqual(rules, role.rules)) return { outcome: '' };
    const applied = yield* client.patch<ClusterRole>(CLUSTER_ROLES, '', name, 'application/apply-patch+yaml', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules }, '', { fieldManager: context.name, force: true });
    return isStatus(applied) ? failed(applied) : { outcome: `cluster role ${name} has ${rules.length} rules now` };
  }
  return { name: context.name, start: () => startWorkers(context, queue, 'clusterroles.rbac.authorization.k8s.io', WORKERS, sync) };
}
