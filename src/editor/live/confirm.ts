import * as vscode from 'vscode';
import type { CreatePlan } from '../../live/protocol';

const MAX_LISTED = 15;
export const CREATE_BUTTON = 'Create for Real';

/** The one question before anything is changed in a real cluster: what, where and as whom, in full. True only for an explicit yes. */
export async function confirmCreation(plan: CreatePlan): Promise<boolean> {
  const { objects, refused } = plan;
  const listed = objects.slice(0, MAX_LISTED).map((o) => `• ${o}`);
  if (objects.length > MAX_LISTED) listed.push(`… and ${objects.length - MAX_LISTED} more`);
  const detail = [
    `Context: ${plan.context}`, `Cluster: ${plan.cluster} (${plan.server})`, ...(plan.user ? [`As: ${plan.user}`] : []), plan.namespaces.length > 0 ? `Namespace${plan.namespaces.length > 1 ? 's' : ''}: ${plan.namespaces.join(', ')}` : 'No namespace: the objects belong to the whole cluster',
    '', 'Will be created, this time in the real cluster:', ...listed, ...(refused.length > 0 ? ['', 'Cannot be sent:', ...refused.slice(0, 5).map((r) => `• ${r}`)] : []),
  ].join('\n');
  const what = objects.length === 1 ? objects[0] ?? '' : `${objects.length} objects`;
  const answer = await vscode.window.showWarningMessage(`Create ${what} for real, on ${plan.context}?`, { modal: true, detail }, CREATE_BUTTON);
  return answer === CREATE_BUTTON;
}
