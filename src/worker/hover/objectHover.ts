import type { Pod } from '../../engine/api/generated/types';
import type { KubernetesObject } from '../../engine/api/object';
import type { DocumentOutcome } from '../../engine/kubectl/create';
import type { LiveView } from '../runningWorld';
import { stateOf } from '../outline';
import { count, firstSentence, number, podState, whyUnscheduled } from '../words';
import { code, paragraphs, plain, table } from './markdown';
import { explanationOf, waitingPods } from '../advice';
import { queueText, whyHereText, whyNotText } from './explanation';

/** Pods that get a line of their own. */
const MAX_PODS = 8;
const MAX_REASONS = 4;
const MAX_EVENTS = 3;

/** Markdown about what would place a pod that waits. */
export type HelpFor = (pod: Pod, waiting: number) => string;

/** What happened to an object, its pods and their nodes. */
export function objectHover(object: KubernetesObject, live: LiveView, heading: string | undefined, help: HelpFor = () => ''): string {
  const pods = live.podsOf(object);
  const state = stateOf(object, live);
  return paragraphs(
    heading, `**${plain(object.kind)} ${plain(object.metadata.name)}**: ${plain(state.text)}`,
    obstacle(pods, live, help), rollout(object, live), podsTable(pods, object), reasons(pods, live, object), events(object, pods, live),
  );
}

/** Why there is no such object. */
export function refusalHover(outcome: DocumentOutcome, heading: string | undefined): string {
  const causes = outcome.status?.details?.causes?.filter((c) => c.field) ?? [];
  const what = `**${plain(outcome.kind)} ${plain(outcome.name)}**: the API server refuses it (${outcome.code}${outcome.reason ? ` ${plain(outcome.reason)}` : ''})`;
  if (causes.length === 0) return paragraphs(heading, what, plain(outcome.message));
  return paragraphs(heading, what, causes.slice(0, 8).map((c) => `- ${code(c.field ?? '')} ${plain(c.message ?? '')}`).join('\n'));
}

function podsTable(pods: readonly Pod[], object: KubernetesObject): string | undefined {
  // A table of nothing but pods without a node says no more than the sentence above it.
  if (pods.length === 0 || object.kind === 'Pod' || pods.every((p) => whyUnscheduled(p) !== '')) return undefined;
  const rows = pods.slice(0, MAX_PODS).map((pod) => [code(shortName(pod, object)), plain(pod.spec.nodeName || 'none'), plain(podState(pod).word)]);
  const whole = table(['Pod', 'Node', 'State'], rows);
  return pods.length > MAX_PODS ? `${whole}\n\n… and ${number(pods.length - MAX_PODS)} more` : whole;
}

/** Why the pods are where they are; for a single one with the scores. */
function reasons(pods: readonly Pod[], live: LiveView, object: KubernetesObject): string | undefined {
  const placed = pods.filter((p) => p.spec.nodeName && live.decisionFor(p)?.outcome === 'scheduled');
  const [first] = placed;
  if (placed.length === 1 && first) return whyHereText(explanationOf(first, live));
  const lines = placed.slice(0, MAX_REASONS).flatMap((pod) => {
    const { whyHere } = explanationOf(pod, live);
    return whyHere ? [`- ${code(shortName(pod, object))}: ${plain(whyHere.sentence)}`] : [];
  });
  if (lines.length === 0) return undefined;
  return `${lines.join('\n')}${placed.length > MAX_REASONS ? `\n- … and ${number(placed.length - MAX_REASONS)} more` : ''}`;
}

/** "…d7tvv" for a pod whose name continues its owner's. */
function shortName(pod: Pod, object: KubernetesObject): string {
  const { name } = pod.metadata;
  return name.startsWith(`${object.metadata.name}-`) ? `…${name.slice(object.metadata.name.length + 1)}` : name;
}

/** What keeps pods from a node, where they wait, and what would help. */
function obstacle(pods: readonly Pod[], live: LiveView, help: HelpFor): string | undefined {
  const [first, ...others] = waitingPods(pods, live);
  if (!first) return undefined;
  const { whyNot, queue } = explanationOf(first, live);
  const who = pods.length === 1 ? 'No node takes it' : `No node for ${count(others.length + 1, 'pod')}`;
  if (!whyNot) return `**${who}**: ${plain(firstSentence(whyUnscheduled(first)))}`;
  return paragraphs(whyNotText(who, whyNot, help(first, others.length + 1)), queue && queueText(queue));
}

/** Why a rolling update has stopped where it has. */
function rollout(object: KubernetesObject, live: LiveView): string | undefined {
  const [first, ...more] = live.rolloutOf(object);
  return first === undefined ? undefined : [`**${plain(first)}.**`, ...more.map((line) => `- ${plain(line)}`)].join('\n');
}

/** The newest warnings about the object and its pods. */
function events(object: KubernetesObject, pods: readonly Pod[], live: LiveView): string | undefined {
  const all = [object.metadata.uid, ...pods.slice(0, MAX_PODS).map((p) => p.metadata.uid)].flatMap((uid) => live.eventsOf(uid));
  const warnings = all.filter((e) => e.type === 'Warning' && e.reason !== 'FailedScheduling').slice(-MAX_EVENTS);
  return warnings.length === 0 ? undefined : warnings.map((e) => `- ${plain(e.reason ?? '')}: ${plain(e.message ?? '')}`).join('\n');
}
