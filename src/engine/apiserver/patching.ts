import { presentedInAnotherVersion, createdInAnotherVersion } from './versions';
import type { KubernetesObject } from '../api/object';
import { applyPatch } from '../api/patch/apply/applyPatch';
import { undecodablePatch, unsupportedMediaType, PATCH_TYPES } from '../api/patch/errors';
import { jsonPatch, unknownOperationFields } from '../api/patch/jsonPatch';
import { mergePatch } from '../api/patch/mergePatch';
import { strategicMergePatch } from '../api/patch/strategicMergePatch';
import { isObject, own, type JsonObject } from '../api/patch/json';
import { badRequest, isStatus, type Status } from '../api/status';
import type { RequestContext } from './context';
import type { Patching } from './handlers/patch';
import type { KindLogic } from './kindLogic';

/** Scale is a kind of its own, in no storage. */
const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale', schema: 'Scale', storedAs: undefined };
const CUSTOM_TYPES = [PATCH_TYPES.json, PATCH_TYPES.merge, PATCH_TYPES.apply];

/** The four patch types over the objects of the registry. */
export class BuiltInPatching implements Patching {
  constructor(private readonly kinds: KindLogic) {}

  patch(context: RequestContext, current: KubernetesObject): KubernetesObject | Status {
    const { definition, server, request } = context;
    const base = touchesManagedFields(request.body) ? server.fields.complete(current) : current;
    const patched = this.compute(context, presentedInAnotherVersion(definition, base));
    if (isStatus(patched)) return patched;
    return this.decoded(context, patched.value as unknown as KubernetesObject, definition.storedAs ? undefined : current);
  }

  apply(context: RequestContext, current: KubernetesObject | undefined): KubernetesObject | Status {
    const { definition, options, subresource, server } = context;
    const applied = applyPatch(current && presentedInAnotherVersion(definition, server.fields.complete(current)), context.request.body, {
      manager: options.fieldManager ?? '', force: options.force === true, subresource, now: server.simulation.timestamp(), definition,
      ...(definition.schema === '' ? { openAPIV3Schema: this.kinds.custom.schemaOf(definition) as JsonObject | undefined } : {}),
    });
    return isStatus(applied) ? applied : this.decoded(context, applied.object);
  }

  private compute(context: RequestContext, current: KubernetesObject): { readonly value: JsonObject } | Status {
    const { request, definition } = context;
    const document = current as unknown as JsonObject;
    switch (request.patchType) {
      case 'application/json-patch+json': {
        const unknown = unknownOperationFields(request.body);
        if (unknown.length > 0 && context.options.fieldValidation === 'Strict') return badRequest(`strict decoding error: ${unknown.join(', ')}`);
        return jsonPatch(document, request.body);
      }
      case 'application/merge-patch+json': return mergePatch(document, request.body);
      case 'application/strategic-merge-patch+json':
        return definition.schema === '' ? unsupportedMediaType(CUSTOM_TYPES) : strategicMergePatch(context.subresource === 'scale' ? SCALE.schema : definition.schema, document, request.body);
      default: return unsupportedMediaType(definition.schema === '' ? CUSTOM_TYPES : Object.values(PATCH_TYPES));
    }
  }

  /** What a patch made is read as if it had been sent, and put into its stored version with its defaults. */
  private decoded(context: RequestContext, patched: KubernetesObject, base?: KubernetesObject): KubernetesObject | Status {
    const { definition, storage } = context;
    const expected = context.subresource === 'scale' ? { ...definition, ...SCALE } : definition;
    const decoded = this.kinds.decode(expected, { ...context.request, body: patched, text: undefined }, base);
    if (isStatus(decoded)) return undecodable(patched, decoded);
    context.warnings.push(...decoded.warnings);
    return context.subresource === 'scale' ? decoded.object : this.kinds.defaults(storage.definition, createdInAnotherVersion(definition, decoded.object), base);
  }
}

function undecodable(patched: KubernetesObject, status: Status): Status {
  const message = status.message ?? '';
  return /strict decoding error|cannot be handled/.test(message) ? undecodablePatch(JSON.stringify(patched), message.replace(/^.*cannot be handled as a [^:]+: /, '')) : status;
}

/** Whether a patch reads or writes metadata.managedFields: only then do they have to be there when it is carried out. */
function touchesManagedFields(patch: unknown): boolean {
  if (Array.isArray(patch)) {
    return patch.some((operation) => isObject(operation) && ['path', 'from'].some((field) => {
      const pointer = own(operation, field);
      return typeof pointer === 'string' && (pointer === '' || pointer === '/metadata' || pointer.startsWith('/metadata/managedFields'));
    }));
  }
  const metadata = isObject(patch) ? own(patch, 'metadata') : undefined;
  return metadata === null || (isObject(metadata) && (own(metadata, 'managedFields') !== undefined || own(metadata, '$patch') !== undefined));
}
