import type { Binding } from '../../generated/types';
import { notSupported, Path, required, type ErrorList, type Errors } from '../field';
import { forKind } from '../kind';

const TARGET = Path.of('target');

/** ValidatePodBinding: the body of pods/binding. */
export function validatePodBinding(binding: Binding): ErrorList {
  const errs: Errors = [];
  const { kind = '', name = '' } = binding.target ?? {};
  if (kind && kind !== 'Node') errs.push(notSupported(TARGET.child('kind'), kind, ['Node', '<empty>']));
  if (!name) errs.push(required(TARGET.child('name'), ''));
  return errs;
}

export const bindingValidation = forKind<Binding>({ create: validatePodBinding, update: validatePodBinding });
