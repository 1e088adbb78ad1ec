import type { Amounts } from '../../api/quota/amounts';
import type { Quantity } from '../../api/quantity';

/** resource.MaxMilliValue: amounts up to it are compared in thousandths. */
const MAX_MILLI = Number.MAX_SAFE_INTEGER / 1000;

type Compared = readonly [request: number, limit: number, enforced: number];

/** All three in one unit; absent amounts are zero. */
function inOneUnit(request: Quantity | undefined, limit: Quantity | undefined, enforced: Quantity): Compared {
  const whole: Compared = [request?.value ?? 0, limit?.value ?? 0, enforced.value];
  return whole.every((v) => v <= MAX_MILLI) ? [request?.milliValue ?? 0, limit?.milliValue ?? 0, enforced.milliValue] : whole;
}

/** Why the amounts are below a minimum, or undefined. `type` is the word for what is limited: "Container". */
export function belowMinimum(type: string, name: string, enforced: Quantity, requests: Amounts, limits: Amounts): string | undefined {
  const request = requests.get(name), limit = limits.get(name);
  const [asked, limited, minimum] = inOneUnit(request, limit, enforced);
  const rule = `minimum ${name} usage per ${type} is ${enforced.text}`;
  if (!request) return `${rule}.  No request is specified`;
  if (asked < minimum) return `${rule}, but request is ${request.text}`;
  return limit && limited < minimum ? `${rule}, but limit is ${limit.text}` : undefined;
}

export function aboveMaximum(type: string, name: string, enforced: Quantity, requests: Amounts, limits: Amounts): string | undefined {
  const request = requests.get(name), limit = limits.get(name);
  const [asked, limited, maximum] = inOneUnit(request, limit, enforced);
  const rule = `maximum ${name} usage per ${type} is ${enforced.text}`;
  if (!limit) return `${rule}.  No limit is specified`;
  if (limited > maximum) return `${rule}, but limit is ${limit.text}`;
  return request && asked > maximum ? `${rule}, but request is ${request.text}` : undefined;
}

/** For what has requests only (claims). */
export function requestAboveMaximum(type: string, name: string, enforced: Quantity, requests: Amounts): string | undefined {
  const request = requests.get(name);
  const [asked, , maximum] = inOneUnit(request, undefined, enforced);
  const rule = `maximum ${name} usage per ${type} is ${enforced.text}`;
  if (!request) return `${rule}.  No request is specified`;
  return asked > maximum ? `${rule}, but request is ${request.text}` : undefined;
}

/** Why a limit is too many times its request, or undefined. */
export function aboveRatio(type: string, name: string, enforced: Quantity, requests: Amounts, limits: Amounts): string | undefined {
  const [asked, limited] = inOneUnit(requests.get(name), limits.get(name), enforced);
  const rule = `${name} max limit to request ratio per ${type} is ${enforced.text}`;
  if (asked === 0) return `${rule}, but no request is specified or request is 0`;
  if (limited === 0) return `${rule}, but no limit is specified or limit is 0`;
  const ratio = limited / asked;
  const above = enforced.value <= MAX_MILLI ? ratio * 1000 > enforced.milliValue : ratio > enforced.value;
  return above ? `${rule}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}
