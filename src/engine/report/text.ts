import type { Report, RequestReport } from './report';

/** Events and requests listed at the most. */
const MAX_LINES = 400;

/** The story of a run in lines that a person reads. `placed`: only the scheduler ran, so that pods get a node and nothing more. */
export function storyOf(report: Report, aim: 'running' | 'placed' = 'running'): string {
  const lines: string[] = [];
  for (const document of report.documents) {
    for (const warning of document.warnings) lines.push(`Warning: ${warning}`);
    const place = `${document.file}${report.documents.length > 1 ? ` (document ${document.index + 1})` : ''}`;
    lines.push(document.code < 300 ? document.message : `${place}: ${document.kind || 'object'} "${document.name}" refused (${document.code}${document.reason ? ` ${document.reason}` : ''}): ${document.message}`);
  }
  if (report.requests.length > 0) lines.push('', 'What happened:');
  for (const request of report.requests.slice(0, MAX_LINES)) lines.push(requestLine(request));
  if (report.requests.length > MAX_LINES) lines.push(`  … ${report.requests.length - MAX_LINES} more requests (-o json shows them all)`);
  if (report.pods.length > 0) lines.push('', 'Pods:');
  for (const pod of report.pods.slice(0, MAX_LINES)) {
    const { scheduling, explanation } = pod;
    const where = pod.node ? `on ${pod.node}` : 'on no node';
    const why = explanation?.whyHere ?? (scheduling.message || explanation?.whyNot);
    const state = aim === 'running' ? pod.phase : pod.node ? 'placed' : 'not placed';
    lines.push(`  ${pod.namespace}/${pod.name}: ${state} ${where}${why ? `: ${why}` : ''}`, ...explanationLines(pod));
  }
  if (report.rollouts.length > 0) lines.push('', 'Rollouts:', ...report.rollouts.slice(0, MAX_LINES).flatMap((r) => [`  ${r.namespace}/${r.name}:`, ...r.explanation.map((line) => `      ${line}.`)]));
  lines.push('', ending(report, aim));
  return `${lines.join('\n')}\n`;
}

function requestLine(r: RequestReport): string {
  const resource = `${r.resource}${r.subresource ? `/${r.subresource}` : ''}`;
  const name = r.namespace ? `${r.namespace}/${r.name}` : r.name;
  const outcome = r.code >= 300 ? ` → ${r.code}` : r.revision > 0 && r.verb !== 'get' ? ` → revision ${r.revision}` : '';
  return `  ${`${(r.at / 1000).toFixed(3)} s`.padStart(10)}  ${r.actor.padEnd(26)} ${r.verb} ${resource} ${name}${outcome}`;
}

/** Below a pod without a node: why, where it waits, and what would help. */
function explanationLines({ node, scheduling, explanation }: Report['pods'][number]): readonly string[] {
  if (node || explanation?.whyNot === undefined) return [];
  const { whyNot, groups = [], preemption, queue, suggestions = [] } = explanation;
  const said = groups.length > 0 ? groups : scheduling.message ? [whyNot] : [];
  const lines = [...said, ...(preemption ? [preemption] : []), ...(queue ? [queue] : [])].map((line) => `      ${line}.`);
  if (suggestions.length === 0) return lines;
  return [...lines, '      What would help (each of these was tried):', ...suggestions.flatMap((s) => [`        - ${s.title}: the pod then runs on ${s.node}.`, `          ${s.detail}`])];
}

function ending(report: Report, aim: 'running' | 'placed'): string {
  if (aim === 'placed' && report.pods.length === 0) return 'No pod to place: `schedule` runs no controllers, so that workloads make none. `simulate` runs everything.';
  const reached = report.pods.filter((p) => (aim === 'running' ? p.phase === 'Running' : p.node !== '')).length;
  const seconds = (report.virtualMilliseconds / 1000).toFixed(1);
  const waiting = report.waiting.slice(0, 3).map((w) => `${w.reason} in ${duration(w.milliseconds)}`);
  const rest = report.settled ? `after ${seconds} s of virtual time` : `stopped after ${seconds} s of virtual time, not yet at rest`;
  return `${reached} of ${report.pods.length} pods ${aim} ${rest}${waiting.length > 0 ? `; still waiting: ${waiting.join(', ')}` : ''} (Kubernetes ${report.kubernetes}, seed ${report.seed})`;
}

/** "9m 50s" */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m ${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}
