import { defaultTolerationSeconds } from './defaultTolerationSeconds';
import { namespaceLifecycle } from './namespaceLifecycle';
import type { AdmissionPlugin } from './plugin';
import { priority } from './priority';
import { serviceAccount } from './serviceAccount';

/** The plugins that are on by default, in kube-apiserver's order. */
export const ADMISSION_PLUGINS: readonly AdmissionPlugin[] = [namespaceLifecycle, serviceAccount, priority, defaultTolerationSeconds];
