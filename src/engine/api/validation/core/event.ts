import type { CoreEvent, EventsEvent, EventSource, ObjectMeta, ObjectReference } from '../../generated/types';
import { semanticEqual } from '../equal';
import { addInvalid, invalid, Path, required, type Errors } from '../field';
import { isDNS1123Subdomain, longerThan } from '../formats';
import { forKind } from '../kind';
import { nameIsDNSSubdomain, validateImmutable, validateObjectMeta, validateObjectMetaUpdate, validateQualifiedName } from '../meta';
import { EVENT_SOURCE, goStruct, OBJECT_REFERENCE } from './goStruct';

/** The internal event that both versions, v1 and events.k8s.io/v1, are views of. Errors use its names. */
interface Event {
  readonly metadata: ObjectMeta;
  readonly involvedObject: ObjectReference;
  readonly related?: ObjectReference;
  readonly reason: string;
  readonly message: string;
  readonly source: EventSource;
  readonly firstTimestamp?: string;
  readonly lastTimestamp?: string;
  readonly count: number;
  readonly type: string;
  readonly eventTime?: string;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
  readonly action: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
}

const common = (e: CoreEvent | EventsEvent): Pick<Event, 'metadata' | 'related' | 'reason' | 'type' | 'eventTime' | 'series' | 'action' | 'reportingInstance'> => ({
  metadata: e.metadata, related: e.related, reason: e.reason ?? '', type: e.type ?? '', eventTime: e.eventTime, series: e.series, action: e.action ?? '', reportingInstance: e.reportingInstance ?? '',
});

const fromCore = (e: CoreEvent): Event => ({
  ...common(e), involvedObject: e.involvedObject ?? {}, message: e.message ?? '', source: e.source ?? {}, firstTimestamp: e.firstTimestamp, lastTimestamp: e.lastTimestamp,
  count: e.count ?? 0, reportingController: e.reportingComponent ?? '',
});

const fromEvents = (e: EventsEvent): Event => ({
  ...common(e), involvedObject: e.regarding ?? {}, message: e.note ?? '', source: e.deprecatedSource ?? {}, firstTimestamp: e.deprecatedFirstTimestamp, lastTimestamp: e.deprecatedLastTimestamp,
  count: e.deprecatedCount ?? 0, reportingController: e.reportingController ?? '',
});

const INVOLVED_NAMESPACE = Path.of('involvedObject', 'namespace');
const NO_MATCH = 'does not match event.namespace';
const FIELD = Object.fromEntries(
  ['involvedObject', 'reason', 'message', 'source', 'firstTimestamp', 'lastTimestamp', 'count', 'type', 'eventTime', 'action', 'related', 'reportingController', 'reportingComponent', 'reportingInstance', 'namespace']
    .map((name) => [name, Path.of(name)]),
) as { readonly [name: string]: Path };
const at = (name: string): Path => FIELD[name] ?? Path.of(name);

/** An event from before eventTime: its namespace is that of the object, or "default" for a cluster-scoped one. */
function validateOldNamespace(namespace: string, involved: string, errs: Errors): void {
  const good = involved ? namespace === involved : namespace === '' || namespace === 'default';
  if (!good) errs.push(invalid(INVOLVED_NAMESPACE, involved, NO_MATCH));
}

function tooLongText(value: string, max: number, field: string, errs: Errors): void {
  if (longerThan(value, max)) errs.push(invalid(at(field), '', `can have at most ${max} characters`));
}

function validateNewFields(event: Event, controllerField: string, errs: Errors): void {
  const namespace = event.metadata.namespace ?? '';
  if (!event.involvedObject.namespace && namespace !== 'default' && namespace !== 'kube-system') errs.push(invalid(INVOLVED_NAMESPACE, '', NO_MATCH));
  if (!event.reportingController) errs.push(required(at(controllerField), ''));
  validateQualifiedName(event.reportingController, at(controllerField), errs);
  for (const field of ['reportingInstance', 'action', 'reason'] as const) {
    if (!event[field]) errs.push(required(at(field), ''));
    tooLongText(event[field], 128, field, errs);
  }
  tooLongText(event.message, 1024, 'message', errs);
}

/** The rules every event obeys, through either API. */
function validateLegacy(event: Event, controllerField: string, errs: Errors): void {
  const namespace = event.metadata.namespace ?? '';
  if (event.eventTime) validateNewFields(event, controllerField, errs);
  else validateOldNamespace(namespace, event.involvedObject.namespace ?? '', errs);
  addInvalid(errs, at('namespace'), namespace, isDNS1123Subdomain(namespace));
}

function validateSeries(event: Event, errs: Errors): void {
  if (!event.series) return;
  if ((event.series.count ?? 0) < 2) errs.push(invalid(Path.of('series.count'), '', 'should be at least 2'));
  if (!event.series.lastObservedTime) errs.push(required(Path.of('series.lastObservedTime'), ''));
}

/** Creation through events.k8s.io/v1: the fields of the old API stay empty. */
function validateStrict(event: Event, errs: Errors): void {
  validateObjectMeta(event.metadata, true, nameIsDNSSubdomain, errs);
  validateSeries(event, errs);
  if (!event.eventTime) errs.push(required(at('eventTime'), ''));
  if (event.type !== 'Normal' && event.type !== 'Warning') errs.push(invalid(at('type'), '', `has invalid value: ${event.type}`));
  const unset: readonly (readonly [string, boolean])[] = [
    ['firstTimestamp', Boolean(event.firstTimestamp)], ['lastTimestamp', Boolean(event.lastTimestamp)], ['count', event.count !== 0],
    ['source', Boolean(event.source.component) || Boolean(event.source.host)],
  ];
  for (const [field, isSet] of unset) if (isSet) errs.push(invalid(at(field), '', 'needs to be unset'));
}

const reference = (r: ObjectReference | undefined): unknown => (r ? goStruct(OBJECT_REFERENCE, r) : null);

/** An update through events.k8s.io/v1 may only count on: the series. */
function validateStrictUpdate(event: Event, old: Event, errs: Errors): void {
  validateObjectMetaUpdate(event.metadata, old.metadata, errs);
  if (!semanticEqual(event.series, old.series)) validateSeries(event, errs);
  validateImmutable(event.involvedObject, old.involvedObject, at('involvedObject'), errs, reference(event.involvedObject));
  validateImmutable(event.reason, old.reason, at('reason'), errs);
  validateImmutable(event.message, old.message, at('message'), errs);
  validateImmutable(event.source, old.source, at('source'), errs, goStruct(EVENT_SOURCE, event.source));
  validateImmutable(event.firstTimestamp, old.firstTimestamp, at('firstTimestamp'), errs);
  validateImmutable(event.lastTimestamp, old.lastTimestamp, at('lastTimestamp'), errs);
  validateImmutable(event.count, old.count, at('count'), errs);
  // Twice, as in the original.
  validateImmutable(event.reason, old.reason, at('reason'), errs);
  validateImmutable(event.type, old.type, at('type'), errs);
  validateImmutable(event.eventTime, old.eventTime, at('eventTime'), errs);
  validateImmutable(event.action, old.action, at('action'), errs);
  validateImmutable(event.related, old.related, at('related'), errs, reference(event.related));
  validateImmutable(event.reportingController, old.reportingController, at('reportingController'), errs);
  validateImmutable(event.reportingInstance, old.reportingInstance, at('reportingInstance'), errs);
}

/** v1: only the legacy rules, for old clients. */
const validateCore = (event: CoreEvent): Errors => {
  const errs: Errors = [];
  validateLegacy(fromCore(event), 'reportingComponent', errs);
  return errs;
};

export const coreEventValidation = forKind<CoreEvent>({ create: validateCore, update: validateCore });

/** events.k8s.io/v1 */
export const eventsEventValidation = forKind<EventsEvent>({
  create(object) {
    const errs: Errors = [];
    const event = fromEvents(object);
    validateLegacy(event, 'reportingController', errs);
    validateStrict(event, errs);
    return errs;
  },
  update(object, old) {
    const errs: Errors = [];
    const event = fromEvents(object);
    validateLegacy(event, 'reportingController', errs);
    validateStrictUpdate(event, fromEvents(old), errs);
    return errs;
  },
});
