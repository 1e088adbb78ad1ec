import type { EndpointSlice } from '../../api/generated/types';

/** A slice that was deleted: no version of it is to be expected. */
const DELETED = -1;

/** endpointsliceutil.EndpointSliceTracker: which versions of slices this controller has written, so that a cache that is behind is noticed. */
export class SliceTracker {
  private readonly generations = new Map<string, Map<string, number>>();

  written(service: string, slice: EndpointSlice): void { this.of(service).set(slice.metadata.uid, slice.metadata.generation ?? 0); }
  deleted(service: string, slice: EndpointSlice): void { this.of(service).set(slice.metadata.uid, DELETED); }
  forget(service: string): void { this.generations.delete(service); }

  /** A slice left the cache. True when that was not this controller's doing. */
  gone(service: string, slice: EndpointSlice): boolean {
    const known = this.generations.get(service);
    const expected = known?.get(slice.metadata.uid);
    known?.delete(slice.metadata.uid);
    return expected !== DELETED;
  }

  /** True when a slice of the cache is newer than, or unknown to, what was written: somebody else was there. */
  isForeign(service: string, slice: EndpointSlice): boolean {
    const expected = this.generations.get(service)?.get(slice.metadata.uid);
    return expected === undefined || expected === DELETED || (slice.metadata.generation ?? 0) > expected;
  }

  /** True when the cache does not yet hold what was written last. */
  isStale(service: string, slices: readonly EndpointSlice[]): boolean {
    const known = this.generations.get(service);
    if (known === undefined) return false;
    const cached = new Map(slices.map((slice) => [slice.metadata.uid, slice.metadata.generation ?? 0]));
    for (const [uid, generation] of known) {
      const there = cached.get(uid);
      if (generation === DELETED ? there !== undefined : there === undefined || there < generation) return true;
    }
    return false;
  }

  private of(service: string): Map<string, number> {
    let known = this.generations.get(service);
    if (known === undefined) this.generations.set(service, known = new Map());
    return known;
  }
}
