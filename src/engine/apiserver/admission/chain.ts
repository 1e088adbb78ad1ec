import type { KubernetesObject } from '../../api/object';
import { isStatus, type Status } from '../../api/status';
import type { Process } from '../../simulation/process';
import type { Stage } from '../../trace/message';
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './plugin';

/** The admission plugins in the order of kube-apiserver; each verdict is noted as a stage. */
export class AdmissionChain {
  constructor(readonly plugins: readonly AdmissionPlugin[]) {}

  /** Runs the mutating plugins. */
  admit(attributes: AdmissionAttributes & { readonly object: KubernetesObject }, environment: AdmissionEnvironment, stages: Stage[]): KubernetesObject | Status {
    let object = attributes.object;
    for (const plugin of this.plugins) {
      if (!plugin.admit || !plugin.handles(attributes)) continue;
      const result = plugin.admit({ ...attributes, object }, environment);
      if (isStatus(result)) {
        stages.push({ name: 'mutating admission', plugin: plugin.name, verdict: 'refused', detail: result.message });
        return result;
      }
      stages.push({ name: 'mutating admission', plugin: plugin.name, verdict: result === object ? 'passed' : 'changed' });
      object = result as KubernetesObject;
    }
    return object;
  }

  /** Runs the validating plugins, then those that book usage. */
  *validate(attributes: AdmissionAttributes, environment: AdmissionEnvironment, stages: Stage[]): Process<Status | undefined> {
    for (const plugin of this.plugins) {
      if ((!plugin.validate && !plugin.charge) || !plugin.handles(attributes) || plugin.applies?.(environment) === false) continue;
      const annotations: { [key: string]: string } = {};
      const refusal = plugin.validate?.(attributes, environment, { annotate: (key, value) => { annotations[key] = value; } }) ?? (plugin.charge ? yield* plugin.charge(attributes, environment) : undefined);
      stages.push({ name: 'validating admission', plugin: plugin.name, verdict: refusal ? 'refused' : 'passed', ...(refusal ? { detail: refusal.message } : {}), ...(Object.keys(annotations).length > 0 ? { annotations } : {}) });
      if (refusal) return refusal;
    }
    return undefined;
  }
}
