/**
 * Files that look like Kubernetes objects, with apiVersion and kind, and are read by a tool instead of the API server: kustomize, kind, kubeadm, the
 * components' own configuration. Nobody creates them, so they are left alone.
 */
const GROUPS: readonly string[] = [
  'config.k8s.io', 'kubeadm.k8s.io', 'kind.x-k8s.io', 'k3d.io', 'skaffold', 'client.authentication.k8s.io', 'audit.k8s.io', 'krew.googlecontainertools.github.com', 'kuttl.dev', 'chainsaw.kyverno.io', 'eksctl.io', 'krm.dev', 'kpt.dev',
];
/** In the core group, where the API server itself knows no such kind: a kubeconfig. */
const CORE_KINDS: ReadonlySet<string> = new Set(['Config']);

export function isToolFile(apiVersion: string, kind: string): boolean {
  const slash = apiVersion.indexOf('/');
  if (slash < 0) return apiVersion === 'v1' && CORE_KINDS.has(kind);
  const group = apiVersion.slice(0, slash);
  return GROUPS.some((known) => group === known || group.endsWith(`.${known}`));
}
