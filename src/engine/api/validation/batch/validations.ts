import type { KindValidations } from '../kind';
import { cronJobValidation } from './cronJob';
import { jobValidation } from './job';

export const batchValidations: KindValidations = { 'batch/CronJob': cronJobValidation, 'batch/Job': jobValidation };
