export const POD_DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** A 32 bit integer without plus sign or leading zeros. */
export function deletionCostIsValid(annotations: { readonly [key: string]: string } | undefined): boolean {
  const value = annotations?.[POD_DELETION_COST];
  if (value === undefined || value === '') return value === undefined;
  if (!/^(-[0-9]+|[1-9][0-9]*|0)$/.test(value)) return false;
  const cost = Number(value);
  return cost >= -2147483648 && cost <= 2147483647;
}
