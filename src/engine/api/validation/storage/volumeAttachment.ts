import type { VolumeAttachment, VolumeAttachmentSource, VolumeError } from '../../generated/types';
import { semanticEqual } from '../equal';
import { addInvalid, fieldForbidden, invalid, Path, required, tooLong, type Errors } from '../field';
import { byteLength, inclusiveRangeError, isDNS1123Subdomain, longerThan } from '../formats';
import { forKind } from '../kind';
import { IMMUTABLE, nameIsDNSSubdomain, SPEC, STATUS, validateObjectMeta } from '../meta';
import { goStruct, nullable, struct, text, type GoShape } from '../core/goStruct';
import { validatePersistentVolumeSpec } from '../core/persistentVolume';
import { validateCSIDriverName } from '../core/volumeSources';

const MAX_METADATA_SIZE = 256 * 1024;
const MAX_MESSAGE_SIZE = 1024;
const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
const ATTACHMENT_SPEC: GoShape = {
  Attacher: ['attacher', text], Source: ['source', struct({ PersistentVolumeName: ['persistentVolumeName', nullable], InlineVolumeSpec: ['inlineVolumeSpec', nullable] })], NodeName: ['nodeName', text],
};

function validateSource({ inlineVolumeSpec, persistentVolumeName }: VolumeAttachmentSource, errs: Errors): void {
  const path = SPEC.child('source');
  if (!inlineVolumeSpec && persistentVolumeName === undefined) errs.push(required(path, ONE_SOURCE));
  else if (inlineVolumeSpec && persistentVolumeName !== undefined) errs.push(fieldForbidden(path, ONE_SOURCE));
  else if (inlineVolumeSpec) validatePersistentVolumeSpec(inlineVolumeSpec, '', true, path.child('inlineVolumeSpec'), errs);
  else if (!persistentVolumeName) errs.push(required(path.child('persistentVolumeName'), 'must specify non empty persistentVolumeName'));
}

function validateVolumeError(error: VolumeError | undefined, path: Path, errs: Errors): void {
  if (!error) return;
  // The limit is 1 KiB, the message speaks of 256 KiB: kept.
  if (longerThan(error.message ?? '', MAX_MESSAGE_SIZE)) errs.push(tooLong(path.child('message'), MAX_METADATA_SIZE));
  if (error.errorCode !== undefined && error.errorCode < 0) errs.push(invalid(path.child('errorCode'), error.errorCode, inclusiveRangeError(0, 2147483647)));
}

function validateAttachment(attachment: VolumeAttachment, errs: Errors): void {
  validateObjectMeta(attachment.metadata, false, nameIsDNSSubdomain, errs);
  const { attacher = '', source = {}, nodeName = '' } = attachment.spec ?? {};
  if (!attacher) errs.push(required(SPEC.child('attacher'), ''));
  validateSource(source, errs);
  addInvalid(errs, SPEC.child('nodeName'), nodeName, isDNS1123Subdomain(nodeName));
  const metadata = attachment.status?.attachmentMetadata;
  let size = 0;
  for (const key in metadata) size += byteLength(key) + byteLength(metadata[key] ?? '');
  if (size > MAX_METADATA_SIZE) errs.push(tooLong(STATUS.child('attachmentMetadata'), MAX_METADATA_SIZE));
  validateVolumeError(attachment.status?.attachError, STATUS.child('attachError'), errs);
  validateVolumeError(attachment.status?.detachError, STATUS.child('detachError'), errs);
}

const update = (attachment: VolumeAttachment, old: VolumeAttachment): Errors => {
  const errs: Errors = [];
  validateAttachment(attachment, errs);
  if (!semanticEqual(attachment.spec, old.spec)) errs.push(invalid(SPEC, goStruct(ATTACHMENT_SPEC, attachment.spec), IMMUTABLE));
  return errs;
};

export const volumeAttachmentValidation = forKind<VolumeAttachment>({
  create(attachment) {
    const errs: Errors = [];
    validateAttachment(attachment, errs);
    // What v1 checks beyond v1beta1.
    validateCSIDriverName(attachment.spec?.attacher ?? '', Path.of('spec.attacher'), errs);
    const name = attachment.spec?.source?.persistentVolumeName;
    if (name !== undefined) addInvalid(errs, Path.of('spec.source.persistentVolumeName'), name, isDNS1123Subdomain(name));
    return errs;
  },
  update,
  status: update,
});
