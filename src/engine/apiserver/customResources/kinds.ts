import { decodeObject, type DecodeInput } from '../../api/decode/decode';
import type { CustomResourceDefinition } from '../../api/generated/types';
import { apiVersionOf, type KubernetesObject } from '../../api/object';
import type { ResourceDefinition } from '../../api/resources/definition';
import { badRequest, isStatus, quote, type Status } from '../../api/status';
import type { AdditionalPrinterColumn } from '../../api/table/printTable';
import { customResourceValidation } from '../../api/validation/apiextensions/customResource';
import { applyDefaults, pruneNulls } from '../../api/validation/apiextensions/defaulting';
import { pruneUnknownFields } from '../../api/validation/apiextensions/pruning';
import type { Schema } from '../../api/validation/apiextensions/schemaTypes';
import type { KindValidation } from '../../api/validation/kind';
import type { Decoded } from '../decoded';

interface Version {
  readonly schema: Schema | undefined;
  readonly validation: KindValidation<KubernetesObject>;
  readonly columns: readonly AdditionalPrinterColumn[];
}

const keyOf = (definition: ResourceDefinition): string => `${apiVersionOf(definition)}/${definition.resource}`;

/** The kinds that CustomResourceDefinitions made: their schemas, validations and columns, by version. */
export class CustomKinds {
  private readonly versions = new Map<string, Version>();

  /** Takes over what a definition says, instead of what it said before. */
  register(crd: CustomResourceDefinition, definitions: readonly ResourceDefinition[]): void {
    for (const definition of definitions) {
      const version = crd.spec.versions.find((v) => v.name === definition.version);
      const schema = version?.schema?.openAPIV3Schema as Schema | undefined;
      const { group, kind, namespaced } = definition;
      this.versions.set(keyOf(definition), {
        schema, columns: (version?.additionalPrinterColumns ?? []) as readonly AdditionalPrinterColumn[],
        validation: customResourceValidation({ group, version: definition.version, kind, namespaced, schema, scale: version?.subresources?.scale }),
      });
    }
  }

  unregister(definitions: readonly ResourceDefinition[]): void {
    for (const definition of definitions) this.versions.delete(keyOf(definition));
  }

  schemaOf(definition: ResourceDefinition): Schema | undefined { return this.versions.get(keyOf(definition))?.schema; }
  columnsOf(definition: ResourceDefinition): readonly AdditionalPrinterColumn[] | undefined { return this.versions.get(keyOf(definition))?.columns; }
  validationOf(definition: ResourceDefinition): KindValidation<KubernetesObject> | undefined { return this.versions.get(keyOf(definition))?.validation; }

  /** Reads an object, drops what its schema does not know, and fills in the schema's defaults. */
  decode(definition: ResourceDefinition, input: DecodeInput): Decoded | Status {
    const decoded = decodeObject(input);
    if (isStatus(decoded)) return decoded;
    const { object, warnings } = decoded as Decoded;
    const schema = this.schemaOf(definition);
    if (schema === undefined) return { object, warnings };
    const pruned = pruneUnknownFields(object, schema, true);
    const unknown = pruned.unknown.map((path) => `unknown field ${quote(path)}`);
    if (unknown.length > 0 && input.fieldValidation === 'Strict') {
      return badRequest(`${definition.kind} in version ${quote(definition.version)} cannot be handled as a ${definition.kind}: strict decoding error: ${unknown.join(', ')}`);
    }
    const complete = applyDefaults(pruneNulls(pruned.value, schema), schema) as KubernetesObject;
    return { object: complete, warnings: input.fieldValidation === 'Ignore' ? warnings : [...warnings, ...unknown] };
  }
}
