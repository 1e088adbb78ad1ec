import type { CustomResourceConversion } from '../../generated/types';
import { fieldForbidden, notSupported, required, type Errors, type Path } from '../field';
import { validateClientConfig } from '../admissionregistration/clientConfig';
import { validateReviewVersions } from '../admissionregistration/webhooks';

/** How objects are converted between versions: not at all, or by a webhook. */
export function validateConversion(conversion: CustomResourceConversion | undefined, requireKnownReview: boolean, path: Path, errs: Errors): void {
  if (!conversion) return;
  const { strategy = '', webhook } = conversion;
  const reviewVersions = webhook?.conversionReviewVersions ?? [];
  const config = path.child('webhookClientConfig');
  const versions = path.child('conversionReviewVersions');
  if (!strategy) errs.push(required(path.child('strategy'), ''));
  else if (strategy !== 'None' && strategy !== 'Webhook') errs.push(notSupported(path.child('strategy'), strategy, ['None', 'Webhook']));
  if (strategy !== 'Webhook') {
    if (webhook?.clientConfig) errs.push(fieldForbidden(config, 'should not be set when strategy is not set to Webhook'));
    if (reviewVersions.length) errs.push(fieldForbidden(versions, 'should not be set when strategy is not set to Webhook'));
    return;
  }
  if (!webhook?.clientConfig) errs.push(required(config, 'required when strategy is set to Webhook'));
  else validateClientConfig(webhook.clientConfig, config, errs);
  validateReviewVersions(reviewVersions, requireKnownReview, '', versions, errs);
}
