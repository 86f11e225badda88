import { childOf, type Json } from '../../model/json.ts';
import type { TargetKind } from '../target.ts';
import { resourceTarget } from '../traffic/resource.ts';
import type { Mirror, ResourceShape } from '../traffic/resource-shape.ts';

/**
 * Istio's VirtualService, its `http` routes. A destination is called `host`, or `host/subset`. Its
 * share is its weight over the sum of its route's, and 0 where there is none. Istio before 1.15 took
 * only weights that add up to 100, which whole percentages do here.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/
 * (HTTPRouteDestination, HTTPRoute.mirror, HTTPMirrorPolicy).
 */
export const ISTIO = {
  open: (config) => resourceTarget(config, SHAPE),
  inexpressible: [],
} satisfies TargetKind<'istio'>;

const SHAPE: ResourceShape = {
  kinds: ['VirtualService'],
  group: 'networking.istio.io',
  rules: ['spec', 'http'],
  refs: 'route',
  nameOf: (ref) => destination(childOf(ref, 'destination')),
  defaultWeight: 0,
  wholeMirrors: false,
  mirrorsOf(rule) {
    const many = childOf(rule, 'mirrors');
    const one = childOf(rule, 'mirror');
    return [
      ...(one === undefined
        ? []
        : [{ backend: destination(one), percent: ['mirrorPercentage', 'value'] }]),
      ...(Array.isArray(many) ? many : []).map(
        (mirror: Json, i): Mirror => ({
          backend: destination(childOf(mirror, 'destination')),
          percent: ['mirrors', i, 'percentage', 'value'],
        }),
      ),
    ];
  },
};

function destination(value: Json | undefined): string | undefined {
  const [host, subset] = [childOf(value, 'host'), childOf(value, 'subset')];
  if (typeof host !== 'string') return undefined;
  return typeof subset === 'string' ? `${host}/${subset}` : host;
}
