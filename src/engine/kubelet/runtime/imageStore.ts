import type { ContainerImage } from '../../api/generated/types';
import { vary, type Latencies } from '../../simulation/latency';
import { sleep, waitFor, type Process } from '../../simulation/process';
import type { Simulation } from '../../simulation/simulation';
import { goDuration } from '../duration';
import { Lock } from '../lock';
import type { KubeletSettings } from '../options';
import { imageLayers, normalized, withDefaultTag } from './imageModel';
import type { ImageScript } from './script';

/** Images kept on a node; beyond it the ones pulled longest ago go, as image garbage collection would have them. */
const MAX_IMAGES = 500;
/** What a person need not be told to wait for. */
const SHORT = 5000;

/** A pull as it ended. `error` is what the container runtime answered. */
export interface PullResult {
  readonly error?: string;
  readonly size: number;
  /** Milliseconds of pulling, and with the time in the queue. */
  readonly took: number;
  readonly tookWithWaiting: number;
}

/** The images of one node and the one queue in which they are pulled (serializeImagePulls). */
export class ImageStore {
  private readonly images = new Map<string, number>();
  private readonly layers = new Set<string>();
  private readonly queue = new Lock();
  /** Counts changes, for whoever reports the list. */
  version = 0;

  constructor(private readonly simulation: Simulation, private readonly latencies: Latencies, private readonly settings: KubeletSettings) {}

  has(image: string): boolean { return this.images.has(withDefaultTag(image)); }
  size(image: string): number { return this.images.get(withDefaultTag(image)) ?? 0; }

  /** Puts an image on the node without pulling it. */
  add(image: string, size?: number): void {
    const reference = withDefaultTag(image);
    const model = imageLayers(image, this.settings.imageSizes);
    if (!this.images.has(reference)) this.version++;
    this.images.set(reference, size ?? model.size);
    for (const layer of model.layers) this.layers.add(layer.digest);
    if (this.images.size > MAX_IMAGES) this.images.delete(this.images.keys().next().value as string);
  }

  /** What a node reports: the 50 largest (nodeStatusMaxImages). */
  list(): readonly ContainerImage[] {
    return [...this.images].map(([name, sizeBytes]) => ({ names: [name], sizeBytes: Math.round(sizeBytes) })).sort((a, b) => b.sizeBytes - a.sizeBytes || ((a.names[0] ?? '') < (b.names[0] ?? '') ? -1 : 1)).slice(0, 50);
  }

  /** Pulls an image when its turn comes. Layers that are there are not fetched again. */
  *pull(image: string, script: ImageScript, subject: string): Process<PullResult> {
    const asked = this.simulation.now;
    yield* this.queue.acquire();
    try {
      const begun = this.simulation.now;
      const error = this.failure(image, script);
      const model = imageLayers(image, this.settings.imageSizes);
      yield* this.fetch(image, script, error === undefined ? model.layers : [], subject);
      if (error === undefined) this.add(image);
      return { ...(error === undefined ? {} : { error }), size: model.size, took: this.simulation.now - begun, tookWithWaiting: this.simulation.now - asked };
    } finally { this.queue.release(); }
  }

  private *fetch(image: string, script: ImageScript, layers: readonly { readonly digest: string; readonly size: number }[], subject: string): Process {
    const bytes = layers.reduce((sum, layer) => sum + (this.layers.has(layer.digest) ? 0 : layer.size), 0);
    const usual = vary(this.simulation.random, this.latencies, (bytes === 0 ? this.latencies.pullBase / 4 : this.latencies.pullBase) + bytes / this.latencies.pullRate);
    const time = script.outcome === 'slow' ? script.milliseconds : usual;
    if (time > SHORT) yield* waitFor(time, `pull of image ${image} for ${subject}`); else yield* sleep(time);
  }

  private failure(image: string, script: ImageScript): string | undefined {
    const name = normalized(withDefaultTag(image));
    const resolve = `failed to pull and unpack image ${JSON.stringify(name)}: failed to resolve reference ${JSON.stringify(name)}: `;
    const host = name.slice(0, name.indexOf('/'));
    if (script.outcome === 'missing') return `rpc error: code = NotFound desc = ${resolve}${name}: not found`;
    if (script.outcome === 'unauthorized') return `rpc error: code = Unknown desc = ${resolve}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`;
    if (script.outcome === 'unreachable' || (script.outcome === 'model' && /\.invalid(:\d+)?$/.test(host))) {
      const rest = name.slice(host.length + 1);
      const colon = rest.lastIndexOf(':');
      const bare = host.replace(/:\d+$/, '');
      return `rpc error: code = Unknown desc = ${resolve}failed to do request: Head "https://${host}/v2/${rest.slice(0, colon)}/manifests/${rest.slice(colon + 1)}": dial tcp: lookup ${bare}: no such host`;
    }
    if (script.outcome === 'model' && this.settings.missingImages.some((m) => matches(m, image))) return `rpc error: code = NotFound desc = ${resolve}${name}: not found`;
    return undefined;
  }
}

const matches = (pattern: string, image: string): boolean =>
  pattern.endsWith('*') ? image.startsWith(pattern.slice(0, -1)) : withDefaultTag(pattern) === withDefaultTag(image);

/** "pulled nginx:1.27 (67 MB) in 0.9 s" */
export function describePull(image: string, result: PullResult): string {
  if (result.error !== undefined) return `could not pull ${image}: ${result.error}`;
  const megabytes = result.size >= 10_000_000 ? Math.round(result.size / 1_000_000) : Number((result.size / 1_000_000).toFixed(1));
  const waited = result.tookWithWaiting - result.took;
  return `pulled ${image} (${megabytes} MB) in ${(result.took / 1000).toFixed(1)} s${waited > 100 ? `, after ${(waited / 1000).toFixed(1)} s in the node's queue` : ''}`;
}

/** The Pulled event's message. */
export const pulledMessage = (image: string, result: PullResult): string =>
  `Successfully pulled image ${JSON.stringify(image)} in ${goDuration(Math.round(result.took))} (${goDuration(Math.round(result.tookWithWaiting))} including waiting). Image size: ${Math.round(result.size)} bytes.`;
