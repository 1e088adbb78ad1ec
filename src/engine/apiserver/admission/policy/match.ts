import type { MatchResources, NamedRuleWithOperations } from '../../../api/generated/types';
import type { KubernetesObject } from '../../../api/object';
import { compileLabelSelector } from '../../../api/selectors';
import type { AdmissionAttributes, AdmissionEnvironment } from '../plugin';

/** Which requests rules select: shared by everything that is configured with MatchResources. */
const covers = (list: readonly string[] | undefined, value: string): boolean => (list ?? []).some((entry) => entry === '*' || entry === value);

function coversResource(resources: readonly string[] | undefined, resource: string, subresource: string): boolean {
  return (resources ?? []).some((entry) => {
    const [wanted = '', part = ''] = entry.split('/');
    return (wanted === '*' || wanted === resource) && (part === '*' || part === subresource);
  });
}

function coversRule(rule: NamedRuleWithOperations, { operation, definition, subresource, name }: AdmissionAttributes, equivalent: boolean): boolean {
  const scope = definition.namespaced ? 'Namespaced' : 'Cluster';
  return covers(rule.operations, operation) && covers(rule.apiGroups, definition.group) && (equivalent || covers(rule.apiVersions, definition.version))
    && coversResource(rule.resources, definition.resource, subresource) && (rule.scope === undefined || rule.scope === '*' || rule.scope === scope)
    && (!rule.resourceNames?.length || rule.resourceNames.includes(name));
}

/** Labels that the selector for namespaces is asked of: of the object's namespace, or of the namespace that the request is about. */
function namespaceLabels({ definition, namespace, name, object }: AdmissionAttributes, environment: AdmissionEnvironment): KubernetesObject['metadata']['labels'] | undefined {
  if (definition.group === '' && definition.resource === 'namespaces') return (object ?? environment.get('', 'namespaces', '', name))?.metadata.labels ?? {};
  if (!definition.namespaced) return undefined;
  return environment.get('', 'namespaces', '', namespace)?.metadata.labels ?? {};
}

const isEmpty = (selector: MatchResources['objectSelector']): boolean => !selector || (!selector.matchExpressions?.length && Object.keys(selector.matchLabels ?? {}).length === 0);

/** Whether a request is selected: by its namespace's labels, its objects' labels, and the rules that include and exclude. */
export function matches(resources: MatchResources | undefined, attributes: AdmissionAttributes, environment: AdmissionEnvironment): boolean {
  if (!resources) return true;
  const { namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [], matchPolicy } = resources;
  const equivalent = matchPolicy !== 'Exact';
  if (excludeResourceRules.some((rule) => coversRule(rule, attributes, equivalent))) return false;
  if (resourceRules.length > 0 && !resourceRules.some((rule) => coversRule(rule, attributes, equivalent))) return false;
  if (!isEmpty(namespaceSelector)) {
    const labels = namespaceLabels(attributes, environment);
    // What is in no namespace is selected by no labels of one, and left out by none.
    if (labels !== undefined && !compileLabelSelector(namespaceSelector).matches(labels)) return false;
  }
  if (isEmpty(objectSelector)) return true;
  const selector = compileLabelSelector(objectSelector);
  return [attributes.object, attributes.oldObject].some((object) => object !== undefined && selector.matches(object.metadata?.labels));
}
