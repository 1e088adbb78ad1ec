import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates';
import { defaultIngressClass } from './defaultIngressClass';
import { defaultStorageClass } from './defaultStorageClass';
import { defaultTolerationSeconds } from './defaultTolerationSeconds';
import { limitRanger } from './limitRanger';
import { namespaceLifecycle } from './namespaceLifecycle';
import { nodeRestriction } from './nodeRestriction';
import { persistentVolumeClaimResize } from './persistentVolumeClaimResize';
import type { AdmissionPlugin } from './plugin';
import { podSecurity } from './podSecurity/podSecurity';
import { podTopologyLabels } from './podTopologyLabels';
import { priority } from './priority';
import { resourceQuota } from './resourceQuota';
import { runtimeClass } from './runtimeClass';
import { serviceAccount } from './serviceAccount';
import { storageObjectInUseProtection } from './storageObjectInUseProtection';
import { validatingAdmissionPolicy } from './policy/validatingAdmissionPolicy';
import { taintNodesByCondition } from './taintNodesByCondition';

/** The plugins that are on by default, in kube-apiserver's order (AllOrderedPlugins); and NodeRestriction, which goes with the Node authorizer. */
export const ADMISSION_PLUGINS: readonly AdmissionPlugin[] = [
  namespaceLifecycle, limitRanger, serviceAccount, nodeRestriction, taintNodesByCondition, podSecurity, priority, defaultTolerationSeconds, defaultStorageClass,
  storageObjectInUseProtection, persistentVolumeClaimResize, runtimeClass, certificateApproval, certificateSigning, certificateSubjectRestriction, defaultIngressClass, podTopologyLabels,
  validatingAdmissionPolicy, resourceQuota,
];
