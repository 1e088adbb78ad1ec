import type { KubernetesObject } from '../api/object';
import { applyPatch } from '../api/patch/apply/applyPatch';
import { undecodablePatch, unsupportedMediaType, PATCH_TYPES } from '../api/patch/errors';
import { jsonPatch, unknownOperationFields } from '../api/patch/jsonPatch';
import { mergePatch } from '../api/patch/mergePatch';
import { strategicMergePatch } from '../api/patch/strategicMergePatch';
import type { JsonObject } from '../api/patch/json';
import { badRequest, isStatus, type Status } from '../api/status';
import type { RequestContext } from './context';
import type { Patching } from './handlers/patch';
import type { KindLogic } from './kindLogic';

/** Scale is a kind of its own, in no storage. */
const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale', schema: 'Scale' };

/** The four patch types over the objects of the registry. */
export class BuiltInPatching implements Patching {
  constructor(private readonly kinds: KindLogic) {}

  patch(context: RequestContext, current: KubernetesObject): KubernetesObject | Status {
    const patched = this.compute(context, current);
    if (isStatus(patched)) return patched;
    return this.decoded(context, patched.value as unknown as KubernetesObject, current);
  }

  apply(context: RequestContext, current: KubernetesObject | undefined): KubernetesObject | Status {
    const { storage, options, subresource, server } = context;
    const applied = applyPatch(current && server.fields.complete(current), context.request.body, {
      manager: options.fieldManager ?? '', force: options.force === true, subresource, now: server.simulation.timestamp(), definition: storage.definition,
    });
    return isStatus(applied) ? applied : this.decoded(context, applied.object);
  }

  private compute(context: RequestContext, current: KubernetesObject): { readonly value: JsonObject } | Status {
    const { request, storage } = context;
    const document = current as unknown as JsonObject;
    switch (request.patchType) {
      case 'application/json-patch+json': {
        const unknown = unknownOperationFields(request.body);
        if (unknown.length > 0 && context.options.fieldValidation === 'Strict') return badRequest(`strict decoding error: ${unknown.join(', ')}`);
        return jsonPatch(document, request.body);
      }
      case 'application/merge-patch+json': return mergePatch(document, request.body);
      case 'application/strategic-merge-patch+json':
        return storage.definition.schema === '' ? unsupportedMediaType([PATCH_TYPES.json, PATCH_TYPES.merge, PATCH_TYPES.apply]) : strategicMergePatch(context.subresource === 'scale' ? SCALE.schema : storage.definition.schema, document, request.body);
      default: return unsupportedMediaType(Object.values(PATCH_TYPES));
    }
  }

  /** What a patch made is read as if it had been sent. */
  private decoded(context: RequestContext, patched: KubernetesObject, base?: KubernetesObject): KubernetesObject | Status {
    const { definition } = context.storage;
    const expected = context.subresource === 'scale' ? { ...definition, ...SCALE } : definition;
    const decoded = this.kinds.decode(expected, { ...context.request, body: patched, text: undefined }, base);
    if (isStatus(decoded)) return /strict decoding error|cannot be handled/.test(decoded.message ?? '') ? undecodablePatch(JSON.stringify(patched), (decoded.message ?? '').replace(/^.*cannot be handled as a [^:]+: /, '')) : decoded;
    context.warnings.push(...decoded.warnings);
    return context.subresource === 'scale' ? decoded.object : this.kinds.defaults(definition, decoded.object, base);
  }
}
