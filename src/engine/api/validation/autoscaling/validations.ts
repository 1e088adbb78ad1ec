import type { KindValidations } from '../kind';
import { horizontalPodAutoscalerValidation } from './horizontalPodAutoscaler';

/** autoscaling: written as v2; other versions are converted before. */
export const autoscalingValidations: KindValidations = { 'autoscaling/HorizontalPodAutoscaler': horizontalPodAutoscalerValidation };
