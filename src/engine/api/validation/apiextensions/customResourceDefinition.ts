import type { CustomResourceColumnDefinition, CustomResourceDefinition, CustomResourceDefinitionNames, CustomResourceDefinitionVersion, CustomResourceSubresources } from '../../generated/types';
import { addInvalid, fieldForbidden, invalid, notSupported, Path, required, type Errors } from '../field';
import { isDNS1035Label, isDNS1123Subdomain, longerThan } from '../formats';
import { forKind, type KindValidations } from '../kind';
import { METADATA, nameIsDNSSubdomain, SPEC, STATUS, validateImmutable } from '../meta';
import { validateGenericMeta, validateGenericMetaUpdate } from '../core/commonMeta';
import { goStruct } from '../core/goStruct';
import { validateConversion } from './conversion';
import { internalSpec, type InternalSpec, type InternalVersion } from './internalSpec';
import { goFieldsOf, internalSchema, VERSION } from './internalSchema';
import { validateRuleExpressions } from './rules/definition';
import { hasBadElements, validateOpenAPISchema, type SchemaOptions } from './openapiSchema';
import { hasUnprunedDefaults, validateDefaults } from './schemaDefaults';
import { schemaHas, type Schema } from './schemaTypes';
import { validateSelectableFields } from './selectableFields';
import { conversionProblem, validateStructural } from './structuralSchema';

/** apiextensions.k8s.io: CustomResourceDefinition. Errors name the internal form, where what all versions share stands above them. */
const COLUMN_TYPES: readonly string[] = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS: readonly string[] = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const ROOT_FIELDS: readonly string[] = [
  'Description', 'Type', 'Format', 'Title', 'Maximum', 'ExclusiveMaximum', 'Minimum', 'ExclusiveMinimum', 'MaxLength', 'MinLength', 'Pattern', 'MaxItems', 'MinItems', 'UniqueItems', 'MultipleOf', 'Required',
  'Items', 'Properties', 'ExternalDocs', 'Example', 'XPreserveUnknownFields', 'XValidations',
];
const APPROVAL = 'api-approved.kubernetes.io';
const APPROVAL_LINK = 'see https://github.com/kubernetes/enhancements/pull/1111';
const VERSIONS = SPEC.child('versions');
const STORED_VERSIONS = STATUS.child('storedVersions');

/** What an update may keep because it is stored. */
interface Options extends SchemaOptions {
  readonly requireSchema: boolean;
  readonly requireStructural: boolean;
  readonly requirePruned: boolean;
  readonly requireKnownReview: boolean;
  readonly requireImmutableNames: boolean;
}

const CREATE: Options = {
  requireValidType: true, requireAtomicSet: true, requireMapKeys: true, requireSchema: true, requireStructural: true, requirePruned: true, requireKnownReview: true, requireImmutableNames: false,
};

const schemasOf = (definition: CustomResourceDefinition): readonly Schema[] => (definition.spec?.versions ?? []).flatMap((v) => (v.schema?.openAPIV3Schema ? [v.schema.openAPIV3Schema] : []));
const isStructural = (schema: Schema): boolean => conversionProblem(schema) === '' && validateStructural(schema, Path.root).length === 0;
const TYPES: readonly string[] = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

function hasCompoundSet(schema: Schema): boolean {
  const items = schema['x-kubernetes-list-type'] === 'set' ? (schema.items as Schema | undefined) : undefined;
  if (items?.type === 'array') return items['x-kubernetes-list-type'] !== undefined && items['x-kubernetes-list-type'] !== 'atomic';
  return items?.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic';
}

function optionsOf(old: CustomResourceDefinition): Options {
  const schemas = schemasOf(old);
  const none = (test: (schema: Schema) => boolean): boolean => !schemas.some((schema) => schemaHas(schema, test));
  const review = old.spec?.conversion?.webhook?.conversionReviewVersions;
  return {
    requireValidType: none((s) => Boolean(s.type) && !TYPES.includes(s.type ?? '')),
    requireAtomicSet: none(hasCompoundSet),
    requireMapKeys: none((s) => hasBadElements(s, Path.root)),
    requireSchema: (old.spec?.versions ?? []).every((v) => v.schema?.openAPIV3Schema !== undefined),
    requireStructural: schemas.every(isStructural),
    requirePruned: !schemas.some((s) => isStructural(s) && hasUnprunedDefaults(s)),
    requireKnownReview: !review?.length || review.some((v) => v === 'v1' || v === 'v1beta1'),
    requireImmutableNames: old.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True') ?? false,
  };
}

function joined(value: string, messages: readonly string[], path: Path, errs: Errors, prefix = ''): void {
  if (value && messages.length) errs.push(invalid(path, value, `${prefix}${messages.join(',')}`));
}

/** Names of the spec, and of the status once they are accepted. */
function validateNames(names: Partial<CustomResourceDefinitionNames>, path: Path, errs: Errors): void {
  const { plural = '', singular = '', kind = '', listKind = '' } = names;
  const mixed = 'may have mixed case, but should otherwise match: ';
  joined(plural, isDNS1035Label(plural), path.child('plural'), errs);
  joined(singular, isDNS1035Label(singular), path.child('singular'), errs);
  joined(kind, isDNS1035Label(kind.toLowerCase()), path.child('kind'), errs, mixed);
  joined(listKind, isDNS1035Label(listKind.toLowerCase()), path.child('listKind'), errs, mixed);
  const list = (field: 'shortNames' | 'categories'): void => names[field]?.forEach((name, i) => {
    const messages = isDNS1035Label(name);
    if (messages.length) errs.push(invalid(path.child(field).index(i), name, messages.join(',')));
  });
  list('shortNames');
  if (kind && kind === listKind) errs.push(invalid(path.child('listKind'), listKind, 'kind and listKind may not be the same'));
  list('categories');
}

function validateJSONPath(text: string, path: Path, errs: Errors): boolean {
  if (text.startsWith('.')) return true;
  errs.push(invalid(path, text, 'must be a simple json path starting with .'));
  return false;
}

function validateColumn(column: CustomResourceColumnDefinition, path: Path, errs: Errors): void {
  const { name = '', type = '', format = '', jsonPath = '' } = column;
  const types = `must be one of ${COLUMN_TYPES.join(',')}`;
  if (!name) errs.push(required(path.child('name'), ''));
  if (!type) errs.push(required(path.child('type'), types));
  else if (!COLUMN_TYPES.includes(type)) errs.push(invalid(path.child('type'), type, types));
  if (format && !COLUMN_FORMATS.includes(format)) errs.push(invalid(path.child('format'), format, `must be one of ${COLUMN_FORMATS.join(',')}`));
  if (!jsonPath) errs.push(required(path.child('JSONPath'), ''));
  else validateJSONPath(jsonPath, path.child('JSONPath'), errs);
}

function validateScalePath(text: string, prefixes: readonly string[], detail: string, path: Path, errs: Errors): void {
  if (validateJSONPath(text, path, errs) && !prefixes.some((prefix) => text.startsWith(prefix))) errs.push(invalid(path, text, detail));
}

function validateSubresources(subresources: CustomResourceSubresources | undefined, path: Path, errs: Errors): void {
  const scale = subresources?.scale;
  if (!scale) return;
  for (const [field, prefix] of [['specReplicasPath', '.spec'], ['statusReplicasPath', '.status']] as const) {
    const at = path.child(`scale.${field}`);
    if (!scale[field]) errs.push(required(at, ''));
    else validateScalePath(scale[field], [`${prefix}.`], `should be a json path under ${prefix}`, at, errs);
  }
  if (scale.labelSelectorPath) validateScalePath(scale.labelSelectorPath, ['.spec.', '.status.'], 'should be a json path under either .spec or .status', path.child('scale.labelSelectorPath'), errs);
}

/** With a status subresource the root schema may only say what is not lost when the status is judged alone. */
function validateRoot(schema: Schema, path: Path, errs: Errors): void {
  for (const field of goFieldsOf(schema)) {
    if (field === 'Type') {
      if (schema.type === 'object') continue;
      errs.push(invalid(path.child('openAPIV3Schema.type'), schema.type, 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'));
      return;
    }
    if (ROOT_FIELDS.includes(field)) continue;
    errs.push(invalid(path.child('openAPIV3Schema'), internalSchema(schema), `only [${ROOT_FIELDS.join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`));
    return;
  }
}

function validateSchema(schema: Schema | undefined, hasStatus: boolean, options: Options, path: Path, errs: Errors): void {
  if (!schema) return;
  const found: Errors = [];
  const at = path.child('openAPIV3Schema');
  if (hasStatus) validateRoot(schema, path, found);
  if (schema.nullable) found.push(fieldForbidden(path.child('openAPIV3Schema.nullable'), 'nullable cannot be true at the root'));
  const problem = options.requireStructural ? conversionProblem(schema) : '';
  let structured = false;
  if (options.requireStructural && !problem) {
    const structural = validateStructural(schema, at);
    if (structural.length) found.push(...structural);
    else {
      validateDefaults(schema, at, options.requirePruned, found);
      structured = true;
    }
  }
  validateOpenAPISchema(schema, true, options, at, found);
  if (structured) validateRuleExpressions(schema, at, found);
  // What keeps a schema from being converted is said otherwise already, where it is a mistake at all.
  if (problem && !found.length) found.push(invalid(at, '', problem));
  errs.push(...found);
}

const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
function deprecationProblems({ deprecated = false, deprecationWarning: warning }: CustomResourceDefinitionVersion): readonly string[] {
  if (warning === undefined) return [];
  if (!deprecated) return ['can only be set for deprecated versions'];
  const bad = UNPRINTABLE.exec(warning);
  return [
    ...(longerThan(warning, 256) ? ['must be <= 256 characters long'] : []), ...(warning === '' ? ['must not be an empty string'] : []),
    ...(bad ? [`must only contain printable UTF-8 characters; non-printable character found at index ${bad.index}`] : []),
  ];
}

function validateVersion(version: InternalVersion, hasStatus: boolean, options: Options, path: Path, errs: Errors): void {
  addInvalid(errs, path.child('deprecationWarning'), version.deprecationWarning, deprecationProblems(version));
  validateSchema(version.schema?.openAPIV3Schema, hasStatus, options, path.child('schema'), errs);
  validateSubresources(version.subresources, path.child('subresources'), errs);
  version.additionalPrinterColumns?.forEach((column, i) => { validateColumn(column, path.child('additionalPrinterColumns').index(i), errs); });
  if (!version.selectableFields?.length) return;
  const at = path.child('selectableFields');
  if (!version.schema?.openAPIV3Schema) errs.push(invalid(at, '', 'may only be set when `version.schema.openAPIV3Schema` is not included'));
  else validateSelectableFields(version.selectableFields, version.schema.openAPIV3Schema, at, errs);
}

function validateVersions(spec: InternalSpec, options: Options, errs: Errors): void {
  const { versions } = spec;
  const shown = (): unknown => versions.map((v) => goStruct(VERSION, v));
  const perVersion = versions.some((v) => v.subresources !== undefined);
  versions.forEach((version, i) => {
    const messages = isDNS1035Label(version.name ?? '');
    if (messages.length) errs.push(invalid(VERSIONS.index(i).child('name'), version.name ?? '', messages.join(',')));
    const subresources = perVersion ? versions.find((v) => v.name === version.name)?.subresources : spec.subresources;
    validateVersion(version, subresources?.status !== undefined, options, VERSIONS.index(i), errs);
  });
  if (new Set(versions.map((v) => v.name)).size < versions.length) errs.push(invalid(VERSIONS, shown(), 'must contain unique version names'));
  if (versions.filter((v) => v.storage).length !== 1) errs.push(invalid(VERSIONS, shown(), 'must have exactly one version marked as storage version'));
  joined(versions[0]?.name ?? '', isDNS1035Label(versions[0]?.name ?? ''), SPEC.child('version'), errs);
}

function validateShared(spec: InternalSpec, options: Options, errs: Errors): void {
  const hasStatus = spec.subresources?.status !== undefined || spec.versions.some((v) => v.subresources?.status !== undefined);
  validateSchema(spec.validation?.openAPIV3Schema, hasStatus, options, SPEC.child('validation'), errs);
  validateSubresources(spec.subresources, SPEC.child('subresources'), errs);
  spec.additionalPrinterColumns?.forEach((column, i) => { validateColumn(column, SPEC.child('additionalPrinterColumns').index(i), errs); });
  if (!spec.selectableFields?.length) return;
  const at = SPEC.child('selectableFields');
  if (!spec.validation?.openAPIV3Schema) errs.push(invalid(at, '', 'may only be set when validations.schema is included'));
  else validateSelectableFields(spec.selectableFields, spec.validation.openAPIV3Schema, at, errs);
}

function validateSpec(definition: CustomResourceDefinition, given: Options, errs: Errors): void {
  const { group = '', scope = '', names = {} as Partial<CustomResourceDefinitionNames>, preserveUnknownFields, conversion } = definition.spec ?? {};
  const spec = internalSpec(definition);
  // Pruning needs structural schemas.
  const options: Options = preserveUnknownFields === true ? given : { ...given, requireStructural: true };
  if (!group) errs.push(required(SPEC.child('group'), ''));
  else if (isDNS1123Subdomain(group).length) errs.push(invalid(SPEC.child('group'), group, isDNS1123Subdomain(group).join(',')));
  else if (!group.includes('.')) errs.push(invalid(SPEC.child('group'), group, 'should be a domain with at least one dot'));
  if (!scope) errs.push(required(SPEC.child('scope'), ''));
  else if (scope !== 'Cluster' && scope !== 'Namespaced') errs.push(notSupported(SPEC.child('scope'), scope, ['Cluster', 'Namespaced']));
  if (!spec.validation?.openAPIV3Schema) {
    spec.versions.forEach((version, i) => {
      if (version.schema?.openAPIV3Schema || !(options.requireSchema || (version.served && preserveUnknownFields !== true))) return;
      errs.push(required(VERSIONS.index(i).child('schema', 'openAPIV3Schema'), options.requireSchema ? '' : 'because otherwise all fields are pruned'));
    });
  }
  if (preserveUnknownFields === true && schemasOf(definition).some((s) => schemaHas(s, (inner) => inner.default !== undefined))) {
    errs.push(invalid(SPEC.child('preserveUnknownFields'), true, 'must be false in order to use defaults in the schema'));
  }
  validateVersions(spec, options, errs);
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const) if (!names[field]) errs.push(required(SPEC.child('names', field), ''));
  validateNames(names, SPEC.child('names'), errs);
  validateShared(spec, options, errs);
  if (conversion && conversion.strategy !== 'None' && preserveUnknownFields === true) {
    errs.push(invalid(SPEC.child('conversion', 'strategy'), conversion.strategy, 'must be None if spec.preserveUnknownFields is true'));
  }
  validateConversion(conversion, options.requireKnownReview, SPEC.child('conversion'), errs);
}

function validateStoredVersions(definition: CustomResourceDefinition, errs: Errors): void {
  const stored = definition.status?.storedVersions ?? [];
  const versions = definition.spec?.versions ?? [];
  if (!stored.length) { errs.push(invalid(STORED_VERSIONS, definition.status?.storedVersions ?? null, 'must have at least one stored version')); return; }
  for (const version of versions) if (version.storage && !stored.includes(version.name)) errs.push(invalid(STORED_VERSIONS, stored, `must have the storage version ${version.name}`));
  stored.forEach((name, i) => {
    if (versions.some((v) => v.name === name)) return;
    errs.push(invalid(STORED_VERSIONS.index(i), name, `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`));
  });
}

type Approval = 'missing' | 'bypassed' | 'approved' | 'invalid';
function approvalOf(definition: CustomResourceDefinition): Approval {
  const value = definition.metadata.annotations?.[APPROVAL] ?? '';
  if (!value) return 'missing';
  if (value.startsWith('unapproved')) return 'bypassed';
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#\s]+\S*$/.test(value) ? 'approved' : 'invalid';
}

/** Groups of Kubernetes itself need an approval, by annotation. */
function validateApproval(definition: CustomResourceDefinition, old: CustomResourceDefinition | undefined, errs: Errors): void {
  const group = definition.spec?.group ?? '';
  if (!['k8s.io', 'kubernetes.io'].some((domain) => group === domain || group.endsWith(`.${domain}`))) return;
  const approval = approvalOf(definition);
  if (old && approvalOf(old) === approval) return;
  const path = METADATA.child('annotations').key(APPROVAL);
  if (approval === 'missing') errs.push(required(path, `protected groups must have approval annotation "${APPROVAL}", ${APPROVAL_LINK}`));
  if (approval === 'invalid') {
    errs.push(invalid(path, definition.metadata.annotations?.[APPROVAL], `protected groups must have approval annotation "${APPROVAL}" with either a URL or a reason starting with "unapproved", ${APPROVAL_LINK}`));
  }
}

/** What the strategy puts into the status of a new definition: its storage version is stored. */
function withStoredVersion(definition: CustomResourceDefinition): CustomResourceDefinition {
  if (definition.status?.storedVersions?.length) return definition;
  const storage = definition.spec?.versions?.find((v) => v.storage);
  return storage ? { ...definition, status: { ...definition.status, storedVersions: [storage.name] } } : definition;
}

/** After the spec: status, stored versions, approval, preserveUnknownFields. */
function validateRest(definition: CustomResourceDefinition, old: CustomResourceDefinition | undefined, errs: Errors): void {
  validateNames(definition.status?.acceptedNames ?? {}, STATUS.child('acceptedNames'), errs);
  validateStoredVersions(definition, errs);
  validateApproval(definition, old, errs);
  if (definition.spec?.preserveUnknownFields === true && old?.spec?.preserveUnknownFields !== true) {
    errs.push(invalid(SPEC.child('preserveUnknownFields'), true, 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'));
  }
}

const customResourceDefinitionValidation = forKind<CustomResourceDefinition>({
  create(definition) {
    const errs: Errors = [];
    const wanted = `${definition.spec?.names?.plural ?? ''}.${definition.spec?.group ?? ''}`;
    validateGenericMeta(definition.metadata, false, (name, prefix) => [...nameIsDNSSubdomain(name, prefix), ...(name === wanted ? [] : ['must be spec.names.plural+"."+spec.group'])], errs);
    validateSpec(definition, CREATE, errs);
    validateRest(withStoredVersion(definition), undefined, errs);
    return errs;
  },
  update(definition, old) {
    const errs: Errors = [];
    const options = optionsOf(old);
    const [is, was] = [definition.spec, old.spec];
    validateGenericMetaUpdate(definition.metadata, old.metadata, errs);
    validateSpec(definition, options, errs);
    if (options.requireImmutableNames) {
      validateImmutable(is?.scope, was?.scope, SPEC.child('scope'), errs);
      validateImmutable(is?.names?.kind, was?.names?.kind, SPEC.child('names', 'kind'), errs);
    }
    validateImmutable(is?.group, was?.group, SPEC.child('group'), errs);
    validateImmutable(is?.names?.plural, was?.names?.plural, SPEC.child('names', 'plural'), errs);
    validateRest(definition, old, errs);
    return errs;
  },
  status(definition, old) {
    const errs: Errors = [];
    validateGenericMetaUpdate(definition.metadata, old.metadata, errs);
    validateNames(definition.status?.acceptedNames ?? {}, STATUS.child('acceptedNames'), errs);
    return errs;
  },
});

export const apiextensionsValidations: KindValidations = { 'apiextensions.k8s.io/CustomResourceDefinition': customResourceDefinitionValidation };
