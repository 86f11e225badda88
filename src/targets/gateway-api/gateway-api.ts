import { childOf, type Json } from '../../model/json.ts';
import type { TargetKind } from '../target.ts';
import { resourceTarget } from '../traffic/resource.ts';
import type { Mirror, ResourceShape } from '../traffic/resource-shape.ts';

/**
 * HTTPRoute and GRPCRoute of the Kubernetes Gateway API. A backend's share is its weight over the
 * sum of its rule's; weights are whole numbers from 0 to 1,000,000, and 1 where there is none. A
 * RequestMirror filter copies all requests unless it has a `percent`, a whole number from 0 to 100.
 *
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/ (BackendRef, HTTPRequestMirrorFilter).
 */
export const GATEWAY_API = {
  open: (config) => resourceTarget(config, SHAPE),
  inexpressible: [],
} satisfies TargetKind<'gateway-api'>;

const SHAPE: ResourceShape = {
  kinds: ['HTTPRoute', 'GRPCRoute'],
  group: 'gateway.networking.k8s.io',
  rules: ['spec', 'rules'],
  refs: 'backendRefs',
  nameOf: (ref) => text(childOf(ref, 'name')),
  defaultWeight: 1,
  wholeMirrors: true,
  mirrorsOf(rule) {
    const filters = childOf(rule, 'filters');
    if (!Array.isArray(filters)) return [];
    return filters.flatMap((filter: Json, i): readonly Mirror[] => {
      const mirror = childOf(filter, 'requestMirror');
      if (mirror === undefined) return [];
      const backend = text(childOf(childOf(mirror, 'backendRef'), 'name'));
      const found = { backend, percent: ['filters', i, 'requestMirror', 'percent'] };
      return childOf(mirror, 'fraction') === undefined
        ? [found]
        : [{ ...found, problem: 'mirrors a `fraction`; write it as `percent`' }];
    });
  },
};

const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
