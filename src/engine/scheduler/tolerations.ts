import type { Taint, Toleration } from '../api/generated/types';

const INTEGER = /^(0|-?[1-9][0-9]*)$/;

/** Toleration.ToleratesTaint, with the numeric operators Lt and Gt (KEP 5471). */
export function toleratesTaint(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? '') {
    case '': case 'Equal': return (toleration.value ?? '') === (taint.value ?? '');
    case 'Exists': return true;
    case 'Lt': case 'Gt': return compares(toleration.value ?? '', taint.value ?? '', toleration.operator === 'Gt');
    default: return false;
  }
}

function compares(tolerated: string, tainted: string, greater: boolean): boolean {
  if (!INTEGER.test(tolerated) || !INTEGER.test(tainted)) return false;
  return greater ? BigInt(tainted) > BigInt(tolerated) : BigInt(tainted) < BigInt(tolerated);
}

export const tolerated = (tolerations: readonly Toleration[], taint: Taint): boolean => tolerations.some((toleration) => toleratesTaint(toleration, taint));

/** The first of the taints that no toleration covers. */
export function firstUntolerated(taints: readonly Taint[], tolerations: readonly Toleration[]): Taint | undefined {
  for (const taint of taints) if (!tolerated(tolerations, taint)) return taint;
  return undefined;
}

/** Taints that keep a pod off a node. */
export const repels = (taint: Taint): boolean => taint.effect === 'NoSchedule' || taint.effect === 'NoExecute';
