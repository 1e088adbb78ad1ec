import { eventsEventValidation } from '../core/event';
import type { KindValidations } from '../kind';

/** events.k8s.io */
export const eventsValidations: KindValidations = { 'events.k8s.io/Event': eventsEventValidation };
