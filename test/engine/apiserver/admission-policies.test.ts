import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isStatus, type Status } from '../../../src/engine/api/status';
import type { ApiResponse, RequestVerb } from '../../../src/engine/apiserver/request';
import type { AuditRecord } from '../../../src/engine/apiserver/server';
import { KUBECTL } from '../../../src/engine/cluster';
import { Session } from '../../../src/engine/session';
import type { Process } from '../../../src/engine/simulation/process';

/** Rules in CEL, from the policy that is created to the answer that a request gets. */
const GROUP = { group: 'admissionregistration.k8s.io', version: 'v1' };

class Policies {
  readonly audit: AuditRecord[] = [];
  readonly session = new Session({ components: { controllers: false, scheduler: false, kubelets: false }, audit: (record) => { this.audit.push(record); } });

  policy(spec: object): ApiResponse {
    const constraints = { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }] };
    const body = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: 'rule' }, spec: { matchConstraints: constraints, ...spec } };
    return this.send('create', { ...GROUP, resource: 'validatingadmissionpolicies', body });
  }

  bind(spec: object = {}): ApiResponse {
    const body = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: 'everywhere' }, spec: { policyName: 'rule', validationActions: ['Deny'], ...spec } };
    return this.send('create', { ...GROUP, resource: 'validatingadmissionpolicybindings', body });
  }

  deploy(replicas: number, verb: RequestVerb = 'create', labels: object = {}, namespace = 'default'): ApiResponse {
    const pod = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels }, spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: pod } };
    return this.send(verb, { group: 'apps', version: 'v1', resource: 'deployments', namespace, ...(verb === 'create' ? {} : { name: 'web' }), body });
  }

  send(verb: RequestVerb, request: object): ApiResponse {
    const { simulation, api } = this.session.cluster;
    const process = function* (): Process<ApiResponse> { return yield* api.request(KUBECTL, { verb, ...(request as { group: string; version: string; resource: string }) }); };
    const task = simulation.spawn('test', process());
    for (let n = 0; !task.done && n < 100_000; n++) simulation.step();
    return task.result as ApiResponse;
  }
}

const messageOf = ({ object }: ApiResponse): string => (isStatus(object) ? (object as Status).message ?? '' : '');
const created = (answer: ApiResponse): void => { assert.equal(answer.code, 201, messageOf(answer)); };
const AT_MOST_5 = { validations: [{ expression: 'object.spec.replicas <= 5' }] };
const HEAD = 'deployments.apps "web" is forbidden: ValidatingAdmissionPolicy \'rule\' with binding \'everywhere\' denied request: ';

describe('ValidatingAdmissionPolicy', () => {
  test('refuses in Kubernetes\' words, with the verdict in the trace', () => {
    const world = new Policies();
    created(world.policy(AT_MOST_5));
    created(world.bind());
    created(world.deploy(5));
    const refused = world.deploy(6, 'update');
    const status = refused.object as Status;
    assert.deepEqual([status.code, status.reason, status.message], [422, 'Invalid', `${HEAD}failed expression: object.spec.replicas <= 5`]);
    assert.deepEqual(status.details?.causes, [{ message: status.message?.slice('deployments.apps "web" is forbidden: '.length) }]);
    const trace = world.session.cluster.trace.get(refused.message);
    const stage = trace?.kind === 'request' ? trace.stages.find((s) => s.plugin === 'ValidatingAdmissionPolicy') : undefined;
    assert.deepEqual([stage?.name, stage?.verdict, stage?.detail], ['validating admission', 'refused', status.message]);
  });

  const MESSAGES: readonly (readonly [string, object, string, number])[] = [
    ['a message', { expression: 'object.spec.replicas <= 5', message: 'too many' }, 'too many', 422],
    ['a message that is computed', { expression: 'object.spec.replicas <= 5', message: 'unused', messageExpression: '"at most 5, not " + string(object.spec.replicas)' }, 'at most 5, not 6', 422],
    ['a message whose expression fails', { expression: 'object.spec.replicas <= 5', message: 'fallback', messageExpression: 'string(object.nope)' }, 'fallback', 422],
    ['a reason', { expression: 'false', message: 'no', reason: 'Forbidden' }, 'no', 403],
    ['an error', { expression: 'object.spec.nope == 1' }, "expression 'object.spec.nope == 1' resulted in error: no such key: nope", 422],
  ];
  for (const [name, validation, message, code] of MESSAGES) {
    test(name, () => {
      const world = new Policies();
      created(world.policy({ validations: [validation] }));
      created(world.bind());
      const answer = world.deploy(6);
      assert.deepEqual([messageOf(answer), answer.code], [HEAD + message, code]);
    });
  }

  test('failurePolicy Ignore lets errors pass, not violations', () => {
    const world = new Policies();
    created(world.policy({ failurePolicy: 'Ignore', validations: [{ expression: 'object.spec.nope == 1' }, ...AT_MOST_5.validations] }));
    created(world.bind());
    created(world.deploy(5));
    assert.equal(world.deploy(6, 'update').code, 422);
  });

  test('Warn and Audit let it pass and say so', () => {
    const world = new Policies();
    created(world.policy({ ...AT_MOST_5, auditAnnotations: [{ key: 'replicas', valueExpression: '"has " + string(object.spec.replicas)' }] }));
    created(world.bind({ validationActions: ['Warn', 'Audit'] }));
    const answer = world.deploy(6);
    created(answer);
    assert.deepEqual(answer.warnings, ["Validation failed for ValidatingAdmissionPolicy 'rule' with binding 'everywhere': failed expression: object.spec.replicas <= 5"]);
    const annotations = Object.assign({}, ...(world.audit.at(-1)?.message.stages ?? []).map((s) => s.annotations)) as { [key: string]: string };
    assert.equal(annotations['rule/replicas'], 'has 6');
    assert.deepEqual(JSON.parse(annotations['validation.policy.admission.k8s.io/validation_failure'] ?? ''), [
      { message: 'failed expression: object.spec.replicas <= 5', policy: 'rule', binding: 'everywhere', expressionIndex: 0, validationActions: ['Warn', 'Audit'] },
    ]);
  });

  test('variables, parameters, the old object, the request, the namespace and the authorizer', () => {
    const world = new Policies();
    const expressions = [
      'variables.max >= object.spec.replicas', 'oldObject == null || oldObject.spec.replicas <= object.spec.replicas', 'request.operation in ["CREATE", "UPDATE"] && request.resource.resource == "deployments" && request.namespace == "default"',
      'namespaceObject.metadata.name == "default"', 'authorizer.group("").resource("pods").namespace("default").check("list").allowed()', '!authorizer.serviceAccount("default", "nobody").group("").resource("pods").check("list").allowed()',
      'authorizer.requestResource.check("create").allowed()', 'authorizer.path("/healthz").check("get").allowed()', 'request.userInfo.username == "kubernetes-admin"',
    ];
    created(world.send('create', { group: '', version: 'v1', resource: 'configmaps', namespace: 'default', body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'limits' }, data: { max: '5' } } }));
    created(world.policy({ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, variables: [{ name: 'max', expression: 'int(params.data.max)' }], validations: expressions.map((expression) => ({ expression })) }));
    created(world.bind({ paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } }));
    created(world.deploy(4));
    assert.equal(messageOf(world.deploy(6, 'update')), `${HEAD}failed expression: ${expressions[0] ?? ''}`);
    assert.equal(messageOf(world.deploy(3, 'update')), `${HEAD}failed expression: ${expressions[1] ?? ''}`);
  });

  test('parameters that are not there', () => {
    const world = new Policies();
    created(world.policy({ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, ...AT_MOST_5 }));
    created(world.bind({ paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } }));
    assert.equal(messageOf(world.deploy(1)), `${HEAD}failed to configure binding: no params found for policy binding with \`Deny\` parameterNotFoundAction`);
  });

  test('only what is matched is judged', () => {
    const world = new Policies();
    created(world.policy({ ...AT_MOST_5, matchConditions: [{ name: 'strict', expression: '!has(object.metadata.labels) || !("lax" in object.metadata.labels)' }] }));
    created(world.bind({ matchResources: { objectSelector: { matchLabels: { tier: 'front' } } } }));
    created(world.deploy(6));
    assert.equal(world.deploy(7, 'update', { tier: 'front' }).code, 422);
    assert.equal(world.deploy(7, 'update', { tier: 'front', lax: '' }).code, 200);
  });

  const REFUSED: readonly (readonly [string, object, string, string])[] = [
    ['an unknown name', { validations: [{ expression: 'objekt.x == 1' }] }, 'spec.validations[0].expression', "Invalid value: \"objekt.x == 1\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'objekt' (in container '')\n | objekt.x == 1\n | ^"],
    ['parameters without a kind', { validations: [{ expression: 'params.x == 1' }] }, 'spec.validations[0].expression', "Invalid value: \"params.x == 1\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')\n | params.x == 1\n | ^"],
    ['no verdict', { validations: [{ expression: '"x"' }] }, 'spec.validations[0].expression', 'Invalid value: "\\"x\\"": must evaluate to bool'],
    ['no text for a message', { validations: [{ expression: 'true', messageExpression: '1' }] }, 'spec.validations[0].messageExpression', 'Invalid value: "1": must evaluate to string'],
    ['a match condition', { ...AT_MOST_5, matchConditions: [{ name: 'c', expression: '1' }] }, 'spec.matchConditions[0].expression', 'Invalid value: "1": must evaluate to bool'],
  ];
  for (const [name, spec, field, message] of REFUSED) {
    test(`an expression that does not compile: ${name}`, () => {
      const status = new Policies().policy(spec).object as Status;
      assert.equal(status.code, 422);
      assert.deepEqual(status.details?.causes?.map((c) => [c.field, c.message]), [[field, message]]);
    });
  }
});
