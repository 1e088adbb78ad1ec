import descriptions from '../engine/api/generated/descriptions.json';
import supplement from '../engine/api/openapi/supplement.json';
import type { OpenAPITexts } from '../engine/api/openapi/schemas';

/** The documentation that OpenAPI carries. */
export function openAPITexts(): OpenAPITexts {
  return { descriptions, supplement } as unknown as OpenAPITexts;
}
