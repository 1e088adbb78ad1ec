import type { LimitRange, LimitRangeItem } from '../../generated/types';
import { compareQuantity, type Quantity } from '../../quantity';
import { addInvalid, duplicate, fieldForbidden, invalid, required, type Errors, type Path } from '../field';
import { isQualifiedName } from '../formats';
import { forKind } from '../kind';
import { nameIsDNSSubdomain, SPEC, validateObjectMeta } from '../meta';
import { isOvercommitAllowed, validateContainerResourceName, validateResourceName } from './resourceNames';
import { ONE_QUANTITY, quantity } from './values';

type Resources = { readonly [name: string]: string } | undefined;
type Bound = 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio';
const TYPES: readonly string[] = ['Container', 'PersistentVolumeClaim', 'Pod'];
/** int64 max / 1000: above it a quantity has no exact thousandths. */
const MAX_MILLI_VALUE = 9223372036854776;

function validateType(type: string, path: Path, errs: Errors): void {
  const messages = isQualifiedName(type);
  addInvalid(errs, path, type, messages);
  if (!messages.length && !type.includes('/') && !TYPES.includes(type)) errs.push(invalid(path, type, 'must be a standard limit type or fully qualified'));
}

const greater = (a: Quantity | undefined, b: Quantity | undefined): a is Quantity => a !== undefined && b !== undefined && compareQuantity(a, b) > 0;

/** Go's %f. */
const float = (value: number): string => (Number.isFinite(value) ? value.toFixed(6) : value > 0 ? '+Inf' : Number.isNaN(value) ? 'NaN' : '-Inf');

function validateRatio(ratio: Quantity, min: Quantity | undefined, max: Quantity | undefined, path: Path, errs: Errors): void {
  if (compareQuantity(ratio, ONE_QUANTITY) < 0) errs.push(invalid(path, ratio.text, `ratio ${ratio.text} is less than 1`));
  if (!min || !max) return;
  const exact = [ratio, min, max].every((q) => q.value < MAX_MILLI_VALUE);
  const limit = exact ? max.milliValue / min.milliValue : max.value / min.value;
  if ((exact ? ratio.milliValue / 1000 : ratio.value) > limit) errs.push(invalid(path, ratio.text, `ratio ${ratio.text} is greater than max/min = ${float(limit)}`));
}

/** The bounds of one resource against each other. The values that the original prints are kept, also where they surprise. */
function validateBounds(name: string, of: (bound: Bound) => Quantity | undefined, base: Path, errs: Errors): void {
  const [min, max, preset, request, ratio] = [of('min'), of('max'), of('default'), of('defaultRequest'), of('maxLimitRequestRatio')];
  const at = (bound: Bound): Path => base.child(bound).key(name);
  const add = (bound: Bound, shown: Quantity, message: string): void => { errs.push(invalid(at(bound), shown.text, message)); };
  if (min && max && greater(min, max)) add('min', min, `min value ${min.text} is greater than max value ${max.text}`);
  if (min && request && greater(min, request)) add('defaultRequest', request, `min value ${min.text} is greater than default request value ${request.text}`);
  if (request && max && greater(request, max)) add('defaultRequest', request, `default request value ${request.text} is greater than max value ${max.text}`);
  if (request && preset && greater(request, preset)) add('defaultRequest', request, `default request value ${request.text} is greater than default limit value ${preset.text}`);
  if (min && preset && greater(min, preset)) add('default', min, `min value ${min.text} is greater than default value ${preset.text}`);
  if (preset && max && greater(preset, max)) add('default', max, `default value ${preset.text} is greater than max value ${max.text}`);
  if (ratio) validateRatio(ratio, min, max, at('maxLimitRequestRatio'), errs);
  if (!isOvercommitAllowed(name) && preset && request && compareQuantity(preset, request) !== 0) {
    add('defaultRequest', request, `default value ${preset.text} must equal to defaultRequest value ${request.text} in ${name}`);
  }
}

function validateItem(limit: LimitRangeItem, path: Path, errs: Errors): void {
  const type = limit.type ?? '';
  const used: Bound[] = ['max', 'min'];
  const nameOf = type === 'Pod' || type === 'Container' ? validateContainerResourceName : validateResourceName;
  const validateNames = (bound: Bound): void => { for (const name in limit[bound] as Resources) nameOf(name, path.child(bound).key(name), errs); };
  validateNames('max');
  validateNames('min');
  for (const bound of ['default', 'defaultRequest'] as const) {
    if (type !== 'Pod') { used.push(bound); validateNames(bound); }
    else if (Object.keys(limit[bound] ?? {}).length) errs.push(fieldForbidden(path.child(bound), "may not be specified when `type` is 'Pod'"));
  }
  if (type === 'PersistentVolumeClaim' && limit.min?.storage === undefined && limit.max?.storage === undefined) {
    errs.push(required(path.child('limits'), 'either minimum or maximum storage value is required, but neither was provided'));
  }
  validateNames('maxLimitRequestRatio');
  used.push('maxLimitRequestRatio');
  const names = new Set(used.flatMap((bound) => Object.keys(limit[bound] ?? {})));
  for (const name of [...names].sort()) {
    validateBounds(name, (bound) => { const text = used.includes(bound) ? limit[bound]?.[name] : undefined; return text === undefined ? undefined : quantity(text); }, path, errs);
  }
}

function validateLimitRange(range: LimitRange): Errors {
  const errs: Errors = [];
  validateObjectMeta(range.metadata, true, nameIsDNSSubdomain, errs);
  const types = new Set<string>();
  range.spec?.limits?.forEach((limit, i) => {
    const path = SPEC.child('limits').index(i);
    const type = limit.type ?? '';
    validateType(type, path.child('type'), errs);
    if (types.has(type)) errs.push(duplicate(path.child('type'), type));
    types.add(type);
    validateItem(limit, path, errs);
  });
  return errs;
}

export const limitRangeValidation = forKind<LimitRange>({ create: validateLimitRange, update: validateLimitRange });
