import { h } from './dom';

/** Instead of a diagram: nothing has been run, or it went wrong. Written for somebody who sees this for the first time. */
export function emptyView(create: () => void): HTMLElement {
  return h('div', { class: 'message' }, h('h1', {}, 'Nothing has run yet'),
    h('p', {}, 'Open a Kubernetes manifest (YAML or JSON), right-click it and choose Create. A control plane inside this window processes it, and every step it takes is drawn here.'),
    h('p', { class: 'muted' }, 'Nothing leaves this window: there is no cluster to connect to and nothing to install.'),
    h('button', { class: 'button', type: 'button', onclick: create }, 'Create the open manifest'));
}

export function failedView(message: string, create: () => void): HTMLElement {
  return h('div', { class: 'message', role: 'alert' }, h('h1', {}, h('span', { class: 'mark tone-refused', 'aria-hidden': true }, '✗ '), 'This run could not be shown'), h('p', { class: 'cause' }, message), h('button', { class: 'button', type: 'button', onclick: create }, 'Create the open manifest again'));
}

export function emptyRunView(title: string): HTMLElement {
  return h('div', { class: 'message' }, h('h1', {}, 'No message was sent'), h('p', {}, `“${title}” led to nothing that goes over a wire: the answer above says why.`));
}
