// Sends the traces of the service by OTLP: `node --import ./deploy/otel.mjs dist/main.js`. Needs the packages that it
// imports. The variables of OpenTelemetry apply, such as OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_TRACES_SAMPLER.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'latchkey' }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
}).register();
