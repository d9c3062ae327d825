import type { Finding } from '../index.js';
import type { Configuration } from '../settings/configuration.js';

/** Checks what of the service strangers can see, and whether it knows the proxy that stands in front of it. */
export function examineExposure(configuration: Configuration): Finding[] {
  return [examinePages(configuration), examineProxy(configuration)];
}

function examinePages({ mode, docs, accountPages, metricsTokens }: Configuration): Finding {
  const isOpen = mode === 'development';
  const metrics = metricsTokens !== undefined ? 'metrics with METRICS_TOKEN' : isOpen && 'metrics for anyone';
  const pages = [accountPages && 'account pages at /account', docs && 'API docs at /docs', metrics];
  const served = pages.filter((page) => page !== false).join(', ') || 'none but the start page';
  if (isOpen || !docs) return { check: 'pages', state: 'ok', message: served };
  return { check: 'pages', state: 'warning', message: `${served}: anyone can read the docs; set DOCS=off` };
}

function examineProxy({ mode, auth: { publicUrl, jwt }, trustProxy }: Configuration): Finding {
  const finding = (state: Finding['state'], message: string): Finding => ({
    check: 'proxy',
    state,
    message,
  });
  if (trustProxy.length > 0) return finding('ok', `TRUST_PROXY is ${trustProxy.join(', ')}`);
  const isHttps = /^https:/i.test(publicUrl ?? jwt.issuer ?? '');
  // The service itself does not speak TLS.
  if (mode === 'production' && isHttps)
    return finding(
      'warning',
      'TRUST_PROXY is not set, so all clients seem to have the address of the proxy that handles TLS, and share its rate limits: set it to the address of that proxy',
    );
  return finding('ok', 'TRUST_PROXY is not set: clients connect directly');
}
