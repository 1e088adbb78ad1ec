import { splitPath } from '../../manifest/parse';

/** A change of one field of an object or manifest. `add` appends to a list, which is made if need be; `set` makes missing parents. */
export interface Edit {
  /** Which document of the file; absent for an edit of the pod as stored. */
  readonly document?: number;
  /** "spec.containers[0].resources.requests.cpu", "spec.nodeSelector[example.com/disk]" */
  readonly fieldPath: string;
  readonly operation: 'set' | 'add' | 'remove';
  readonly value?: unknown;
}

type Fields = { readonly [field: string]: unknown };
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object with the edits made, one after the other. Removing what is not there changes nothing. */
export function applyEdits<T extends object>(object: T, edits: readonly Edit[]): T {
  return edits.reduce((changed: unknown, edit) => changeAt(changed, splitPath(edit.fieldPath), edit), object) as T;
}

function changeAt(value: unknown, [step, ...rest]: readonly string[], edit: Edit): unknown {
  if (step === undefined) return edit.operation === 'add' ? [...(Array.isArray(value) ? (value as readonly unknown[]) : []), edit.value] : edit.value;
  const removes = edit.operation === 'remove';
  if (Array.isArray(value)) {
    const index = Number(step);
    const items = value as readonly unknown[];
    if (rest.length === 0 && removes) return items.filter((_, i) => i !== index);
    return items.map((item, i) => (i === index ? changeAt(item, rest, edit) : item));
  }
  if (!isFields(value)) return removes ? value : { [step]: changeAt(undefined, rest, edit) };
  if (removes && !(step in value)) return value;
  if (rest.length === 0 && removes) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== step));
  return { ...value, [step]: changeAt(value[step], rest, edit) };
}

/** A step of a path, in brackets where it is no plain name. */
export const pathStep = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? `.${key}` : `[${key}]`);

/** Where the manifest of a kind keeps what a pod of it has at "spec.…" or "metadata.…"; undefined for kinds without a pod template. */
export function templatePrefix(kind: string): string | undefined {
  switch (kind) {
    case 'Pod': return '';
    case 'Deployment': case 'ReplicaSet': case 'StatefulSet': case 'DaemonSet': case 'ReplicationController': case 'Job': return 'spec.template.';
    case 'CronJob': return 'spec.jobTemplate.spec.template.';
    default: return undefined;
  }
}
