import { CelFailure } from '../../../cel/words';
import { invalid, type Errors, type Path } from '../../field';
import { internalRule } from '../internalSchema';
import { additionalSchema, itemsOf, propertyOf, sortedKeys, type Schema } from '../schemaTypes';
import { compiledRules } from './compiled';
import { hasRules } from './run';

interface Place {
  readonly at: Path;
  readonly root: boolean;
  /** The schema beyond which there is no telling what an element was before. */
  readonly uncorrelatable: Path | undefined;
}

/** The rules of a definition's schema compile, and speak of the old value only where there is one. */
export function validateRuleExpressions(schema: Schema, at: Path, errs: Errors): void { visit(schema, schema, { at, root: true, uncorrelatable: undefined }, errs); }

/** `shape` is what the values are like where `schema` is a part of an allOf. */
function visit(schema: Schema, shape: Schema, place: Place, errs: Errors): void {
  if (!hasRules(schema)) return;
  if (schema['x-kubernetes-validations']?.length) judge(schema, shape, place, errs);
  const { at, uncorrelatable } = place;
  const inner = (next: Schema | undefined, nextShape: Schema | undefined, path: Path, lost = uncorrelatable): void => {
    if (next && nextShape) visit(next, nextShape, { at: path, root: nextShape['x-kubernetes-embedded-resource'] === true, uncorrelatable: lost }, errs);
  };
  const atomic = shape['x-kubernetes-map-type'] === 'atomic' ? uncorrelatable ?? at : uncorrelatable;
  inner(additionalSchema(schema), additionalSchema(shape), at.child('additionalProperties'), atomic);
  for (const name of sortedKeys(schema.properties)) inner(propertyOf(schema, name), propertyOf(shape, name), at.child('properties').key(name), atomic);
  schema.allOf?.forEach((part, i) => { visit(part, shape, { ...place, at: at.child('allOf').index(i) }, errs); });
  inner(itemsOf(schema), itemsOf(shape), at.child('items'), shape['x-kubernetes-list-type'] === 'map' ? uncorrelatable : uncorrelatable ?? at);
}

function judge(schema: Schema, shape: Schema, { at, root, uncorrelatable }: Place, errs: Errors): void {
  const compiled = compiledRules(schema, root, shape);
  const path = at.child('x-kubernetes-validations');
  if (compiled instanceof CelFailure) { errs.push(invalid(path, '', compiled.message)); return; }
  compiled.rules.forEach(({ rule, expression, message, usesOldSelf }, i) => {
    const place = path.index(i);
    // An empty rule is told otherwise.
    if (!rule.rule?.trim()) return;
    if (expression instanceof CelFailure) errs.push(invalid(place.child('rule'), internalRule(rule), expression.message));
    if (message instanceof CelFailure) errs.push(invalid(place.child('messageExpression'), internalRule(rule), message.message));
    if (usesOldSelf && uncorrelatable) errs.push(invalid(place.child('rule'), rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable.toString()}`));
    if (rule.optionalOldSelf && !(expression instanceof CelFailure) && !usesOldSelf) errs.push(invalid(place.child('optionalOldSelf'), true, 'may not be set if oldSelf is not used in rule'));
  });
}
