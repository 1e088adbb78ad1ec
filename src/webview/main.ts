import { DiagramPage } from './page';
import { Host } from './host';
import './style.css';

const host = new Host();
const root = document.getElementById('app');
window.addEventListener('error', (event) => host.post({ type: 'fault', message: `${event.message} (${event.filename}:${event.lineno})` }));
window.addEventListener('unhandledrejection', (event) => host.post({ type: 'fault', message: String(event.reason) }));
if (root) {
  const restored = host.restore();
  const page = new DiagramPage(root, host, restored);
  host.onMessage((message) => page.receive(message));
  host.post({ type: 'ready', ...(restored ? { restored: { run: restored.run, view: restored.model.view } } : {}) });
}
