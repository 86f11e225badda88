import type { TrafficTargetConfig } from '../../model/config.ts';
import { gatewayApiTarget } from '../gateway-api/gateway-api.ts';
import { istioTarget } from '../istio/istio.ts';
import { nginxTarget } from '../nginx/nginx.ts';
import type { Target } from '../target.ts';

/** A target that shares out the traffic of one rollout. */
export function trafficTarget(config: TrafficTargetConfig): Target {
  switch (config.type) {
    case 'gateway-api':
      return gatewayApiTarget(config);
    case 'istio':
      return istioTarget(config);
    case 'nginx':
      return nginxTarget(config);
  }
}
