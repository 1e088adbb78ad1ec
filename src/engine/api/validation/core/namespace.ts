import type { Namespace } from '../../generated/types';
import { addInvalid, invalid, type Errors, type Path } from '../field';
import { isQualifiedName } from '../formats';
import { forKind } from '../kind';
import { nameIsDNSLabel, SPEC, STATUS, validateObjectMeta, validateObjectMetaUpdate } from '../meta';

const STANDARD: readonly string[] = ['kubernetes', 'orphan', 'foregroundDeletion'];
const FINALIZERS = SPEC.child('finalizers');
const PHASE = STATUS.child('Phase');

function validateFinalizer(name: string, path: Path, errs: Errors): void {
  addInvalid(errs, path, name, isQualifiedName(name));
  if (!name.includes('/') && !STANDARD.includes(name)) errs.push(invalid(path, name, 'name is neither a standard finalizer name nor is it fully qualified'));
}

function validateNamespace(namespace: Namespace, errs: Errors): void {
  validateObjectMeta(namespace.metadata, false, nameIsDNSLabel, errs);
  for (const finalizer of namespace.spec?.finalizers ?? []) validateFinalizer(finalizer, FINALIZERS, errs);
}

export const namespaceValidation = forKind<Namespace>({
  create(namespace) {
    const errs: Errors = [];
    validateNamespace(namespace, errs);
    return errs;
  },
  update(namespace, old) {
    const errs: Errors = [];
    validateNamespace(namespace, errs);
    validateObjectMetaUpdate(namespace.metadata, old.metadata, errs);
    return errs;
  },
  status(namespace, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(namespace.metadata, old.metadata, errs);
    const phase = namespace.status?.phase ?? '';
    const deleted = namespace.metadata.deletionTimestamp !== undefined;
    if (!deleted && phase !== 'Active') errs.push(invalid(PHASE, phase, "may only be 'Active' if `deletionTimestamp` is empty"));
    if (deleted && phase !== 'Terminating') errs.push(invalid(PHASE, phase, "may only be 'Terminating' if `deletionTimestamp` is not empty"));
    return errs;
  },
  subresources: {
    finalize: {
      update(namespace, old) {
        const errs: Errors = [];
        validateObjectMetaUpdate(namespace.metadata, old.metadata, errs);
        namespace.spec?.finalizers?.forEach((finalizer, i) => { validateFinalizer(finalizer, FINALIZERS.index(i), errs); });
        return errs;
      },
    },
  },
});
