import type { Container, Pod } from '../api/generated/types';

/** An init container that runs beside the others (KEP-753). */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

/** Whether a container that ended with this code is started again, were its pod to live on: podutil.ContainerShouldRestart. */
export function shouldRestart(pod: Pod, container: Container, exitCode: number): boolean {
  for (const rule of container.restartPolicyRules ?? []) {
    const values = rule.exitCodes?.values ?? [];
    const matches = rule.exitCodes?.operator === 'NotIn' ? !values.includes(exitCode) : values.includes(exitCode);
    if (matches) return rule.action === 'Restart' || rule.action === 'RestartAllContainers';
  }
  switch (container.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always') {
    case 'Never': return false;
    case 'OnFailure': return exitCode !== 0;
    default: return true;
  }
}

/** The same for an init container: one that succeeded is never run again, unless it is a sidecar. */
export function shouldRestartInit(pod: Pod, container: Container, exitCode: number): boolean {
  if (isSidecar(container)) return true;
  return exitCode !== 0 && shouldRestart(pod, container, exitCode);
}
